'use client'
import { createContext, useCallback, useContext, useSyncExternalStore, type ReactNode } from 'react'

const RenderedAt = createContext(0)

/**
 * The server's clock at the render, so that the first render in the browser says the same "4 min ago" and hydration finds
 * nothing to mend; from then on the browser's clock goes on by itself.
 */
export function NowProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>
}

/** The time, floored to `every` ms: components render again only when the words could change. */
export function useNow(every = 1000): number {
  const renderedAt = useContext(RenderedAt)
  const subscribe = useCallback(
    (changed: () => void) => {
      const timer = setInterval(changed, every)
      return () => clearInterval(timer)
    },
    [every],
  )
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / every) * every, () => renderedAt)
}

const never = () => () => {}
/**
 * false on the server and in the first render in the browser. Fields are read-only until then: React would overwrite what is typed
 * before it listens, or mix it with what was there.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(never, () => true, () => false)
}
