import { BEAT_MS, type Health } from '@/lib/live/event'

/** What this tab knows of the stream, its own or the leader's. */
export interface Contact {
  readonly connected: boolean
  /** When the connection was lost; null while connected. */
  readonly lostAt: number | null
  readonly lastMessageAt: number
}

export type Freshness =
  /** `degraded`: kinds of which what is shown may be old (lib/live/event.ts). */
  | { readonly state: 'live'; readonly degraded?: readonly string[] }
  | { readonly state: 'reconnecting' }
  /** What is shown is as old as `since`; writes are off. */
  | { readonly state: 'stale'; readonly since: number; readonly cause: 'stream' | 'management' }

export const MISSED_BEATS = 3
const RECONNECTING_MS = 3_000
const STALE_MS = 30_000

export function freshness(contact: Contact, health: Health, now: number): Freshness {
  const silent = now - contact.lastMessageAt > MISSED_BEATS * BEAT_MS
  const lostAt = contact.connected ? (silent ? contact.lastMessageAt : null) : contact.lostAt
  if (lostAt !== null && now - lostAt > STALE_MS) return { state: 'stale', since: contact.lastMessageAt, cause: 'stream' }
  // The portal answers and says that it does not hear the management cluster: that is known at once, not after 30 s.
  if (health.state === 'away') {
    return { state: 'stale', since: health.lastContact ? Date.parse(health.lastContact) : contact.lastMessageAt, cause: 'management' }
  }
  if (lostAt !== null && now - lostAt > RECONNECTING_MS) return { state: 'reconnecting' }
  return health.degraded?.length ? { state: 'live', degraded: health.degraded } : { state: 'live' }
}
