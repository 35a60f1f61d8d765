import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAppError } from '@/lib/errors'
import { resumeAddOn } from '@/server/addons/remove'
import { resumeAdopt } from '@/server/adopt/adopt'
import { audited } from '@/server/audit/audited'
import { resumeChangePlane } from '@/server/control-plane/change'
import { resumeDelete } from '@/server/clusters/delete'
import { resumeCreate } from '@/server/clusters/resume-create'
import { endOperation, expiredOperations, standingOf, takeExpired, TENANT_GONE, type OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { log } from '@/server/log'
import { resumeRemoveMachine } from '@/server/machines/remove'
import { resumeReplaceMachine } from '@/server/machines/replace'
import { resumeAdd } from '@/server/node-pools/add'
import { resumeChange } from '@/server/node-pools/change'
import { resumeRemove } from '@/server/node-pools/remove'
import { resumeRestart } from '@/server/node-pools/restart'
import { resumeScale } from '@/server/node-pools/scale'
import { resumeTidy } from '@/server/node-pools/tidy'
import { askerOf, type Asker } from '@/server/operations/asker'
import { isOfFormerTenant } from '@/server/operations/former'
import { Lease, reasonOf, rootOf, type Ending } from '@/server/operations/lease'
import { runtime } from '@/server/runtime'
import { resumeUpgrade } from '@/server/upgrade/resume'

const LOOK_MS = 5_000
/** While the cache is not there yet: what a dead process left is waited for. */
const EAGER_MS = 250
/** At a time. Each is some ten requests to the API server. */
const MAX_AT_ONCE = 20
/** The first one included. After them it is looked at once more, for what is there, and nothing is written. */
export const MAX_ATTEMPTS = 5

/**
 * Looks every few seconds for operations whose replica is gone, and goes on with them as the person who asked. Not before the
 * live cache is synced, and not while the management cluster is away: both would only use up the attempts.
 * @returns stops looking; what was taken up already is among the acts under way
 */
export function startResuming(signal: AbortSignal): () => void {
  const stop = new AbortController()
  const ended = AbortSignal.any([signal, stop.signal])
  const run = async (): Promise<void> => {
    while (!ended.aborted) {
      const { live } = runtime()
      const ready = live.ready() && live.health().state === 'live'
      if (ready) await resumeExpired(ended).catch((error: unknown) => log.warn({ event: 'resume', err: error }, 'operations could not be looked through'))
      await sleep(ready ? LOOK_MS : EAGER_MS, undefined, { signal: ended, ref: false }).catch(() => undefined)
    }
  }
  void run()
  return () => stop.abort()
}

/** One look. Operations of one cluster go one after another, in their order. */
export async function resumeExpired(signal: AbortSignal): Promise<void> {
  const found = await expiredOperations(runtime().db, MAX_AT_ONCE)
  const clusters = Map.groupBy(found, ({ tenant, cluster }) => `${tenant}/${cluster}`)
  await Promise.all([...clusters.values()].map(async (operations) => {
    for (const { id, holder } of operations) if (!signal.aborted) await resume(id, holder)
  }))
}

async function resume(id: string, previous: string | null): Promise<void> {
  const { db } = runtime()
  const lease = new Lease(db, id)
  const row = await takeExpired(db, lease, previous)
  if (!row) return
  if (isOfFormerTenant(row)) return void (await endOperation(db, lease, { state: 'failed', error: TENANT_GONE }))
  const ctx = askerOf(row)
  if (row.kind === 'tidy') return void (await lease.during(() => tidy(ctx, row, lease), tidyEnding(row)).catch(() => undefined))
  if (row.kind === 'upgrade') return resumeUpgrade(ctx, row, lease)
  log.info({ event: 'resume', id, kind: row.kind, tenant: row.tenant, cluster: row.cluster, attempt: row.attempts }, 'going on with an operation whose replica is gone')
  const stopped = `The portal stopped ${MAX_ATTEMPTS} times in the middle of it.`
  // An operation that ends the process by being looked at must not do so for ever.
  if (row.attempts > MAX_ATTEMPTS + 1) return void (await endOperation(db, lease, { state: stateOf(row), error: stopped }))
  const act = { create: resumeCreate, scale: resumeScale, delete: resumeDelete, change: resumeChange, add: resumeAdd, remove: resumeRemove, restart: resumeRestart, addon: resumeAddOn, adopt: resumeAdopt, replaceMachine: resumeReplaceMachine, removeMachine: resumeRemoveMachine, controlPlane: resumeChangePlane }[row.kind]
  // The audit has what came of it, and the row the reason.
  const goOn = async (): Promise<void> => {
    const reason = row.attempts > MAX_ATTEMPTS ? stopped : await staleness(ctx, row)
    if (reason !== null) lease.lookOnly(reason)
    await audited(ctx, 'resume', `Cluster/${row.cluster}`, () => act(ctx, row, lease))
  }
  await lease.during(goOn, endingFor(row)).catch(() => undefined)
}

/**
 * Nobody may find on Monday what they asked for on Friday, nor be acted for after they left or lost a group.
 * @returns why nothing may be written any more, or null
 */
async function staleness(ctx: Asker, row: OperationRow): Promise<string | null> {
  const { young, present } = await standingOf(runtime().db, row.id, ctx.session.groups)
  const next = row.kind === 'create' ? '' : ' Look at what is there, then ask again.'
  if (!young) return `The portal stopped in the middle of it, and was away for too long.${next}`
  if (!present) return `The portal stopped in the middle of it, and the session of ${row.who} has ended or changed since.${next}`
  return null
}

/** Work of hours, so its age says nothing. Until its person is there again it waits; the next change of the pool does it too. */
async function tidy(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const { present } = await standingOf(runtime().db, row.id, ctx.session.groups)
  if (!present) throw failure('not-ready', `It waits until ${row.who} is signed in.`)
  await resumeTidy(ctx, row, lease)
}

/** Every operation ends: what may pass is tried again, longer and longer apart, and not for ever. */
export const endingFor = (row: Pick<OperationRow, 'kind' | 'attempts'>) => (error: unknown): Ending => {
  const cause = rootOf(error)
  const mayPass = !isAppError(cause) || cause.view.code === 'management-away' || cause.view.code === 'not-recorded'
  if (mayPass && row.attempts < MAX_ATTEMPTS) return { againInMs: 2_500 * 2 ** row.attempts, error: reasonOf(error) }
  const unclear = mayPass || (isAppError(error) && error.view.code === 'interrupted')
  return { state: unclear ? stateOf(row) : 'failed', error: reasonOf(error) }
}

/** What is in use is in use for as long as a rollout takes: looked at less and less often, for about a day. */
const TIDY_LOOKS = 300
const tidyEnding = (row: Pick<OperationRow, 'attempts'>) => (error: unknown): Ending => {
  const passes = !isAppError(error) || error.view.code === 'not-ready' || error.view.code === 'management-away' || error.view.code === 'not-recorded'
  if (passes && row.attempts < TIDY_LOOKS) return { againInMs: Math.min(10_000 * 2 ** Math.min(row.attempts, 5), 300_000), error: reasonOf(error) }
  return { state: 'failed', error: reasonOf(error) }
}

/** When nobody knows what exists: of a create the person decides, and the rest is one write that did not happen or did no harm. */
const stateOf = ({ kind }: Pick<OperationRow, 'kind'>): 'interrupted' | 'failed' => (kind === 'create' ? 'interrupted' : 'failed')
