import { plainVersion } from '@/lib/kubernetes/version'
import type { Ask, ChangeKind, Phase, Rollout } from '@/lib/rollout/story'
import type { StateRole } from '@/lib/state'
import { plural } from '@/lib/text'
import type { GlyphShape } from '@/components/state/glyph'

export const PHASES: readonly Phase[] = ['clone', 'address', 'power', 'boot', 'join', 'drain', 'delete']

export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  clone: 'cloning', address: 'address', power: 'powering on', boot: 'bootstrapping', join: 'joining', drain: 'draining', delete: 'deleting',
}

/** As lists and headers name what happens, with the word of the cluster's state that it belongs to. */
export const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  create: 'Creating', scale: 'Scaling', replace: 'Replacing', upgrade: 'Upgrading', repair: 'Repairing', delete: 'Deleting',
}

/** true: the change takes machines away and brings none. */
export const takesAway = ({ change, pools }: Pick<Rollout, 'change' | 'pools'>): boolean =>
  change === 'delete' || (change === 'scale' && Object.values(pools).every(({ from, to }) => from !== null && to <= from))

/** "2 of 5 replaced". A story without machines has nothing to count. */
export function countWords(rollout: Pick<Rollout, 'change' | 'pools' | 'done' | 'total'>): string | null {
  const { change, done, total } = rollout
  if (total === 0) return null
  const verb = takesAway(rollout) ? 'gone' : change === 'create' || change === 'scale' ? 'ready' : 'replaced'
  return `${done} of ${total} ${verb}`
}

/** Null while nothing is known, and once all machines are done: what still lasts then was never estimated. */
export function leftWords({ expectedEnd, done, total }: Pick<Rollout, 'expectedEnd' | 'done' | 'total'>, now: number): string | null {
  if (expectedEnd === null) return null
  const left = Date.parse(expectedEnd) - now
  if (left <= 0) return done < total ? 'longer than usual' : null
  if (left < 60_000) return 'under 1 min left'
  const minutes = Math.round(left / 60_000)
  return minutes < 60 ? `about ${minutes} min left` : `about ${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min left`
}

/** The time after the first clause, where it belongs to the whole: "Machine 3 of 5 is being replaced, about 4 min left; m4v7t is bootstrapping". */
export function withLeft(sentence: string | null, left: string | null): string | null {
  if (sentence === null || left === null) return sentence ?? left
  const end = sentence.indexOf('; ')
  return end < 0 ? `${sentence}, ${left}` : `${sentence.slice(0, end)}, ${left}${sentence.slice(end)}`
}

export interface Outcome {
  readonly word: 'Under way' | 'Stalled' | 'Failed' | 'Done' | 'Ended'
  readonly role: StateRole
  readonly shape: GlyphShape
}

export function outcomeOf({ state, endedAt }: Pick<Rollout, 'state' | 'endedAt'>): Outcome {
  switch (state.is) {
    case 'done':
      return { word: 'Done', role: 'ok', shape: 'check' }
    case 'failed':
      return { word: 'Failed', role: 'bad', shape: 'octagon' }
    case 'stalled':
      return { word: 'Stalled', role: 'warn', shape: 'triangle' }
    case 'rolling':
      return endedAt === null ? { word: 'Under way', role: 'busy', shape: 'pie' } : { word: 'Ended', role: 'idle', shape: 'minus' }
  }
}

/** What one ask was: "4 machines in pool general instead of 2". The time and the person are the caller's. */
export function askWords({ kind, pool, from, to, version }: Ask): string {
  if (kind === 'upgrade') return `An upgrade${version === undefined ? '' : ` to ${plainVersion(version)}`}`
  if (kind === 'create') return 'The cluster was asked for'
  if (kind === 'delete') return 'Deletion was asked for'
  if (kind === 'replace' && to === null) return pool === null ? 'New machines' : `New machines for pool ${pool}`
  const where = pool === null ? '' : `Pool ${pool} `
  return from === null ? `${where}to ${plural(to ?? 0, 'machine')}` : `${where}from ${from} to ${plural(to ?? 0, 'machine')}`
}
