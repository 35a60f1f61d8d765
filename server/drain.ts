import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Live } from '@/server/live/live'
import { log } from '@/server/log'

/** In ms. */
export interface Patience {
  /** At least: pages under way are answered, and who comes meanwhile is told to come back. */
  readonly linger: number
  /** At most, for acts under way. */
  readonly acts: number
  /** At most, for what the database is still to be told. */
  readonly notes: number
}

/** The end of a process in its order. No act begins any more (server/audit/audited.ts). */
export async function drain({ live, acts }: { live: Pick<Live, 'endStreams' | 'close'>; acts: ReadonlySet<Promise<void>> }, patience: Patience): Promise<void> {
  // Streams first: their people come back to another replica while the rest ends.
  live.endStreams()
  // Then what people have begun: cut off in the middle it would have to be continued by another replica.
  await within(patience.acts, Promise.all([sleep(patience.linger), allEnded(acts)]))
  // Then what is told of it: acts put their notes into the timeline when they are through.
  await within(patience.notes, live.close().catch((error: unknown) => log.warn({ event: 'stop', err: error }, 'what waited could not be written')))
}

/** An act that was under way may have begun another one. */
async function allEnded(acts: ReadonlySet<Promise<void>>): Promise<void> {
  while (acts.size > 0) await Promise.all(acts)
}

const within = (ms: number, done: Promise<unknown>): Promise<unknown> => Promise.race([done, sleep(ms, undefined, { ref: false })])
