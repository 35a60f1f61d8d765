import 'server-only'
import { isAppError } from '@/lib/errors'
import { ACCESS, type Permission } from '@/lib/permission'
import type { Identity } from '@/server/auth/identity'
import { away, failure } from '@/server/failure'
import type { Concern } from '@/server/live/concern'
import { isStatusError } from '@/server/management/status'
import type { SystemClient } from '@/server/management/system-client'

/** What people may do, asked of the API server by access review and kept for seconds. */
export interface AccessReviews {
  /** @throws AppError 'management-away' when nobody can tell */
  readonly allows: (identity: Identity, tenant: string, permission: Permission) => Promise<boolean>
  /** Asked at this moment, never out of memory: for acts that the portal alone judges. @throws AppError 'management-away' */
  readonly allowsNow: (identity: Identity, tenant: string, permission: Permission) => Promise<boolean>
  /** A binding changed that may concern these. */
  readonly invalidate: (concern: Concern) => void
  readonly counters: AccessCounters
}

export interface AccessCounters {
  /** Questions put to the API server; answered out of memory; answered "no"; not answered. */
  asked: number
  cached: number
  denied: number
  failed: number
}

interface Answer {
  readonly tenant: string
  readonly identity: Identity
  allowed: Promise<boolean>
  /** null until it has come. */
  value: boolean | null
  readonly at: number
  /** Kept until then; a "no" is let go early once it has come. */
  freshUntil: number
}

const FRESH_MS = 30_000
/** Somebody who was let in a moment ago must not be kept out by an older "no" (the API server's own authorizer lags too). */
const FRESH_NO_MS = 2_000
/** While the management cluster is away, streams and reads of people who were let in go on this long. */
const STALE_MS = 600_000
/** A review takes milliseconds. One that takes this long is waited for by nobody who was let in before, and by nobody while the management cluster is away. */
const PATIENCE_MS = 1_000
const MAX_ANSWERS = 50_000

export interface AccessOptions {
  readonly now?: () => number
  /** The management cluster is known not to answer (server/live/health.ts). */
  readonly isAway?: () => boolean
  /** Told of each review's duration, in ms. */
  readonly took?: (ms: number) => void
  readonly patienceMs?: number
}

export function createAccess(client: Pick<SystemClient, 'mayUser'>, { now = Date.now, isAway = () => false, took = () => undefined, patienceMs = PATIENCE_MS }: AccessOptions = {}): AccessReviews {
  const answers = new Map<string, Answer>()
  const counters: AccessCounters = { asked: 0, cached: 0, denied: 0, failed: 0 }
  let generation = 0

  const review = async (identity: Identity, tenant: string, permission: Permission): Promise<boolean> => {
    const begun = performance.now()
    counters.asked++
    try {
      const allowed = await client.mayUser(identity, tenant, ACCESS[permission])
      if (!allowed) counters.denied++
      return allowed
    } catch (error) {
      counters.failed++
      // An API server that answers a review with an error has not said "no": it is away for this question.
      throw isStatusError(error) ? failure('management-away', 'The management cluster does not say what you may do. Try again in a minute.', { detail: error.message }) : error
    } finally {
      took(performance.now() - begun)
    }
  }

  const ask = (key: string, identity: Identity, tenant: string, permission: Permission): Promise<boolean> => {
    const asked = generation
    const before = answers.get(key)
    const settled = review(identity, tenant, permission).then(
      (value) => {
        // A binding changed while the question was under way: the answer may be the old one, so nobody else gets it.
        if (asked !== generation && answers.get(key) === answer) answers.delete(key)
        if (!value) answer.freshUntil = Math.min(answer.freshUntil, now() + FRESH_NO_MS)
        answer.value = value
        answer.allowed = settled
        return value
      },
      (error: unknown) => {
        if (answers.get(key) === answer) answers.delete(key)
        const usable = before && asked === generation && isUsable(before)
        if (!usable || !isAppError(error) || error.view.code !== 'management-away') throw error
        answers.set(key, before)
        return before.allowed
      },
    )
    // Kept with its fallback: a page asks the same several times at once, and all of them have to hear the same.
    const answer: Answer = { tenant, identity, allowed: settled, value: null, at: now(), freshUntil: now() + FRESH_MS }
    if (before?.value === true && isUsable(before)) answer.allowed = sooner(settled, (resolve) => asked === generation && resolve(true))
    else if (isAway()) answer.allowed = sooner(settled, (_, reject) => reject(away()))
    if (answers.size >= MAX_ANSWERS) answers.clear()
    answers.set(key, answer)
    return answer.allowed
  }

  const isUsable = ({ at }: Answer): boolean => now() - at < STALE_MS

  /** As soon as the review takes its time, what is known without it. The review goes on, and whoever asks after it gets its answer. */
  const sooner = (settled: Promise<boolean>, late: (resolve: (value: boolean) => void, reject: (reason: Error) => void) => void): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => late(resolve, reject), patienceMs)
      settled.then(resolve, reject).finally(() => clearTimeout(timer)).catch(() => undefined)
    })

  return {
    allows: (identity, tenant, permission) => {
      // Groups are part of the key: two sessions of one person may carry different ones.
      const key = JSON.stringify([identity.user, [...identity.groups].sort(), tenant, permission])
      const known = answers.get(key)
      const answered = known && (now() < known.freshUntil || (isAway() && known.value !== null && isUsable(known)))
      if (!answered) return ask(key, identity, tenant, permission)
      counters.cached++
      return known.allowed
    },
    allowsNow: review,
    invalidate: ({ tenant, concerns }) => {
      generation++
      if (tenant === null && concerns === null) answers.clear()
      else for (const [key, answer] of answers) if ((tenant === null || answer.tenant === tenant) && (concerns?.(answer.identity) ?? true)) answers.delete(key)
    },
    counters,
  }
}
