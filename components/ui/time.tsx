'use client'
import { cn } from './cn'
import { duration } from './duration'
import { useHydrated, useNow } from './now'

/** How long ago, in one figure. The width is reserved by tabular figures and the cell; the exact time is in the title. */
export function Ago({ at, suffix = '', className }: { at: string; suffix?: string; className?: string }) {
  const hydrated = useHydrated()
  const then = Date.parse(at)
  const now = useNow(1000)
  return (
    <time dateTime={at} title={full(then, hydrated)} className={cn('whitespace-nowrap', className)}>
      {duration(now - then)}{suffix}
    </time>
  )
}

/** The clock time in the reader's zone; the server does not know it and says UTC until the browser takes over. */
export function Clock({ at, className }: { at: string; className?: string }) {
  const hydrated = useHydrated()
  const then = Date.parse(at)
  return (
    <time dateTime={at} title={full(then, hydrated)} className={cn('whitespace-nowrap', className)}>
      {clock(then, hydrated)}
    </time>
  )
}

/** "21 Nov, 14:02", with the year once it is another one: for what may be long ago. */
export function Day({ at, className }: { at: string; className?: string }) {
  const hydrated = useHydrated()
  const then = Date.parse(at)
  const year = new Date(useNow(60_000)).getUTCFullYear() === new Date(then).getUTCFullYear() ? {} : { year: 'numeric' as const }
  return (
    <time dateTime={at} title={full(then, hydrated)} className={cn('whitespace-nowrap', className)}>
      {new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...year, hour: '2-digit', minute: '2-digit', ...(hydrated ? {} : { timeZone: 'UTC' }) }).format(then)}
    </time>
  )
}

/** What may be of today or of weeks ago: the clock time alone would say too little then. */
export function When({ at }: { at: string }) {
  return useToday(at) ? <Clock at={at} /> : <Day at={at} />
}

/** The same within a sentence: "at 14:02:05", "on 21 Nov, 14:02". */
export function At({ at }: { at: string }) {
  return useToday(at) ? <>at <Clock at={at} /></> : <>on <Day at={at} /></>
}

function useToday(at: string): boolean {
  const hydrated = useHydrated()
  return day(useNow(60_000), hydrated) === day(Date.parse(at), hydrated)
}

export function clock(then: number, local: boolean): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', ...(local ? {} : { timeZone: 'UTC' }) }).format(then)
}

/** Without seconds, for what is only about right. */
export function minute(then: number, local: boolean): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...(local ? {} : { timeZone: 'UTC' }) }).format(then)
}

export function day(then: number, local: boolean): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', ...(local ? {} : { timeZone: 'UTC' }) }).format(then)
}

function full(then: number, local: boolean): string {
  return `${day(then, local)}, ${clock(then, local)}${local ? '' : ' UTC'}`
}
