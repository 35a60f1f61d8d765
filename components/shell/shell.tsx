'use client'
import { usePathname, useSelectedLayoutSegments } from 'next/navigation'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTenant } from '@/components/live/hooks'
import { Drawer } from '@/components/ui/drawer'
import { Announcer } from './announcer'
import { LAST_TENANT } from './last-tenant'
import { Shortcuts } from './shortcuts'
import { Sidebar } from './sidebar'
import { StaleBanner } from './stale-banner'
import { TopBar } from './top-bar'

export function Shell({ children }: { children: ReactNode }) {
  const { name } = useTenant()
  const [menu, setMenu] = useState(false)
  const [help, setHelp] = useState(false)
  const [section, cluster] = useSelectedLayoutSegments()

  useEffect(() => {
    document.cookie = `${LAST_TENANT}=${encodeURIComponent(name)}; path=/; max-age=31536000; samesite=lax`
  }, [name])

  useFocusAfterNavigation()

  return (
    <>
      <a href="#main" className="absolute left-[-999px] z-50 rounded-2 border border-line-strong bg-raised px-3 py-2 font-medium focus:fixed focus:left-2 focus:top-2">Skip to content</a>
      <div className="grid min-h-dvh grid-cols-[224px_minmax(0,1fr)] max-m:grid-cols-[minmax(0,1fr)]">
        <aside aria-label="Navigation" className="sticky top-0 h-dvh border-r border-line bg-canvas max-m:hidden">
          <Sidebar onHelp={() => setHelp(true)} />
        </aside>
        <div className="min-w-0">
          <TopBar onMenu={() => setMenu(true)} />
          <StaleBanner />
          <main id="main" tabIndex={-1} className="max-w-[1400px] px-7 pb-12 pt-6 outline-none max-m:px-4 max-m:pb-10 max-m:pt-4">
            {children}
          </main>
        </div>
      </div>
      <Drawer open={menu} onOpenChange={setMenu} label="Navigation">
        <Sidebar onGo={() => setMenu(false)} onHelp={() => { setMenu(false); setHelp(true) }} />
      </Drawer>
      <Shortcuts open={help} onOpenChange={setHelp} />
      <Announcer only={section === 'clusters' && cluster ? cluster : null} />
    </>
  )
}

/** The link or button that led here may be gone, and the focus with it: Tab goes on from the page's content, not from the skip link. */
function useFocusAfterNavigation(): void {
  const path = usePathname()
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    // Pages that choose a place themselves have done so by now.
    if (document.activeElement === null || document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true })
  }, [path])
}
