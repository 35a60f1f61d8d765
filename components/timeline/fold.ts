import type { TimelineEntry } from '@/lib/timeline/entry'
import { plural } from '@/lib/text'

/** One line of the list: an entry, or the same step of several machines told as one. */
export interface Line {
  readonly key: string
  readonly entry: TimelineEntry
  readonly text: string
  /** The single sentences of what was folded, newest first. */
  readonly parts: readonly string[]
}

/** Machines of a pool are made together; steps within this time belong together. */
const TOGETHER_MS = 60_000
const FEWEST = 3

const machines = (count: number) => plural(count, 'machine')
const is = (count: number) => (count === 1 ? 'is' : 'are')

/** By the last part of an entry's key (lib/timeline/happenings.ts). */
const STEPS: Readonly<Record<string, (count: number, tail: string) => string>> = {
  requested: (count, tail) => `${machines(count)} were asked for${/ in pool .+$/.exec(tail)?.[0] ?? ''}`,
  cloned: (count) => `${machines(count)} were cloned`,
  'powered-on': (count) => `${machines(count)} were powered on`,
  joined: (count) => `${machines(count)} joined`,
  ready: (count) => `${machines(count)} are ready`,
  leaving: (count) => `${machines(count)} ${is(count)} leaving`,
  gone: (count) => `${machines(count)} ${is(count)} gone`,
}

const stepOf = (entry: TimelineEntry): string | null => {
  const step = entry.key.slice(entry.key.lastIndexOf(':') + 1)
  return entry.who === null && entry.subject !== null && step in STEPS ? step : null
}
const tailOf = (entry: TimelineEntry): string => entry.text.slice(entry.text.indexOf(' ') + 1)

/** What a person asked for is told once: by their name, not again by the object that it made or marked. */
function withoutEchoes(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const asked = entries.filter((entry) => entry.who !== null)
  const created = asked.some((entry) => entry.text === `${entry.cluster} was asked for`)
  const deleted = asked.some((entry) => entry.text === 'Deletion was asked for')
  return entries.filter((entry) => !(created && entry.subject === null && entry.key.endsWith(':created')) && !(deleted && entry.subject === null && entry.key.endsWith(':deleting')))
}

/** `entries` newest first, as are the lines. */
export function fold(entries: readonly TimelineEntry[]): readonly Line[] {
  const groups: { step: string | null; entries: TimelineEntry[] }[] = []
  for (const entry of withoutEchoes(entries)) {
    const step = stepOf(entry)
    const open = step === null ? undefined : groups.findLast((group) => group.step === step)
    const last = open?.entries.at(-1)
    if (open && last && Date.parse(last.at) - Date.parse(entry.at) <= TOGETHER_MS) open.entries.push(entry)
    else groups.push({ step, entries: [entry] })
  }
  return groups
    .flatMap(({ step, entries: members }): Line[] => {
      const [newest] = members
      // The oldest stays the same while newer ones come, and so does the line.
      const oldest = members.at(-1)
      if (step === null || newest === undefined || oldest === undefined || members.length < FEWEST) return members.map((entry) => ({ key: entry.key, entry, text: entry.text, parts: [] }))
      return [{ key: `all:${oldest.key}`, entry: newest, text: STEPS[step]?.(members.length, tailOf(newest)) ?? newest.text, parts: members.map((entry) => entry.text) }]
    })
    .toSorted((a, b) => Date.parse(b.entry.at) - Date.parse(a.entry.at))
}
