import 'server-only'
import { span } from '@/lib/duration'
import type { LiveView, Removal } from '@/lib/live/event'
import { idOf, same } from '@/lib/live/reduce'
import type { Picture } from '@/lib/rollout/picture'
import type { Story } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { Kept } from '@/server/live/story-writer'

/** One cluster whose changes are told here. */
export interface Desk {
  readonly uid: string
  readonly tenant: string
  /** As last seen; null: not yet, or no more. */
  picture: Picture | null
  open: Kept | null
  /** The last that ended. */
  last: Kept | null
  /** What another replica has seen end already, as it goes on here. */
  follow: { story: Story; readonly until: number } | null
  /** At rest before anything was told here and before the database had its say. */
  idle: { readonly picture: Picture; readonly at: number } | null
  absentTicks: number
  forgetting: boolean
  readonly shown: Map<string, LiveView>
}

export const newDesk = (uid: string, tenant: string): Desk =>
  ({ uid, tenant, picture: null, open: null, last: null, follow: null, idle: null, absentTicks: 0, forgetting: false, shown: new Map() })

/** The streams hold the open story and the last that ended. */
export function show(desk: Desk, publish: (tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]) => void): void {
  const views = [desk.open, desk.last].flatMap((kept) => (kept ? [kept.story.rollout, ...Object.values(kept.story.machines)] : []))
  const ids = new Set(views.map(idOf))
  const upserts = views.filter((view) => !same(desk.shown.get(idOf(view)), view))
  const removes = [...desk.shown].filter(([id]) => !ids.has(id)).map(([id, { kind }]) => ({ kind, id }))
  for (const { id } of removes) desk.shown.delete(id)
  for (const view of upserts) desk.shown.set(idOf(view), view)
  if (upserts.length > 0 || removes.length > 0) publish(desk.tenant, upserts, removes)
}

/** Made again, by another replica too, it is the same entry. */
export function endEntry({ rollout }: Story): TimelineEntry {
  const { id, tenant, clusterUid, cluster, title, state, startedAt } = rollout
  const at = rollout.endedAt ?? startedAt
  const failed = state.is === 'failed'
  const text = failed ? `${title}: ${state.sentence}` : `${title}: done in ${span(Date.parse(at) - Date.parse(startedAt))}`
  return { kind: 'entry', key: `${id}:done`, tenant, clusterUid, cluster, at, subject: null, text, role: failed ? 'warn' : 'ok', who: null }
}
