'use client'
import { ChevronsUpDown, LogOut, UserRound } from 'lucide-react'
import { signOut } from 'next-auth/react'
import { Menu, MenuGroup, MenuItem, MenuLabel, MenuRadio, MenuRadioItem, MenuSeparator } from '@/components/ui/menu'
import { store, useStored } from '@/components/ui/stored'
import { THEME_KEY, THEMES } from './theme-key'

interface Person {
  readonly name: string
  readonly email: string
}

export function PersonMenu({ person, role }: { person: Person; role: string | null }) {
  const trigger = (
    <button type="button" className="flex min-w-0 flex-1 items-center gap-2 rounded-2 px-2 py-1 text-left hover:bg-sunken data-popup-open:bg-sunken">
      <span aria-hidden className="grid size-[22px] shrink-0 place-items-center rounded-pill bg-idle-tint text-ink-2">
        <UserRound size={12} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{person.name || person.email}</span>
        <span className="block truncate text-12 text-ink-3">{role ?? person.email}</span>
      </span>
      <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-ink-3" />
    </button>
  )
  return (
    <Menu trigger={trigger} align="start" side="top" className="w-56">
      <div className="px-2 py-1.5 text-12 text-ink-3 [overflow-wrap:anywhere]">{person.email}</div>
      <MenuSeparator />
      <ThemeChoice />
      <MenuSeparator />
      <MenuItem onClick={() => void signOut({ callbackUrl: '/sign-in' })}>
        <LogOut size={14} aria-hidden className="text-ink-2" />
        Sign out
      </MenuItem>
    </Menu>
  )
}

function ThemeChoice() {
  const theme = useStored(THEME_KEY, 'system')
  const choose = (next: string) => {
    store(THEME_KEY, next)
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
  }
  return (
    <MenuRadio value={theme} onValueChange={(next) => choose(String(next))}>
      <MenuLabelled label="Theme">
        {THEMES.map(({ value, label }) => <MenuRadioItem key={value} value={value}>{label}</MenuRadioItem>)}
      </MenuLabelled>
    </MenuRadio>
  )
}

function MenuLabelled({ label, children }: { label: string; children: React.ReactNode }) {
  return <MenuGroup><MenuLabel>{label}</MenuLabel>{children}</MenuGroup>
}
