import 'server-only'
import { AppError, isAppError } from '@/lib/errors'
import { plainVersion, sameVersion } from '@/lib/kubernetes/version'
import type { ClusterView } from '@/lib/cluster/view'
import { stepWords } from '@/lib/upgrade/plan'
import { controlPlaneState, poolState, type StepState } from '@/lib/upgrade/progress'
import { updateAddOns } from '@/server/addons/update'
import { audited } from '@/server/audit/audited'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { upgradeIntent, type UpgradeIntent, type UpgradeStep } from '@/server/inputs'
import type { UserClient } from '@/server/management/user-client'
import { writeChange } from '@/server/node-pools/change'
import { findPool } from '@/server/node-pools/find'
import type { Asker } from '@/server/operations/asker'
import { applyOver, isChangedMeanwhile } from '@/server/operations/guard'
import { type Ending, type Holder, type Lease, reasonOf, rootOf } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { findControlPlane, withVersion } from '@/server/upgrade/control-plane'
import { preparePoolStep } from '@/server/upgrade/prepare'

export type UpgradeRow = Pick<OperationRow, 'id' | 'cluster' | 'clusterUid' | 'applied'> & { readonly spec: unknown }

/** A step is on its way: to be looked at again. `held` is why it could not be begun yet. */
class StillUnderWay extends AppError {
  constructor(held: string | null) {
    super({ code: 'not-ready', message: held ?? '' })
    this.name = 'StillUnderWay'
  }
}

/** Long enough for another replica to find it, short enough for people. */
const AGAIN_MS = 2_000
const MAX_FAILURES = 5

/**
 * What becomes of an upgrade after a look at it: what is on its way is looked at again, what may pass is tried again, and
 * everything else waits for a person, who finds the reason on the page.
 */
export const upgradeEnding = ({ attempts }: Pick<OperationRow, 'attempts'>) => (error: unknown): Ending => {
  if (isUnderWay(error)) return { againInMs: AGAIN_MS, error: error.message === '' ? null : error.message, anew: true }
  const cause = rootOf(error)
  const mayPass = !isAppError(cause) || isChangedMeanwhile(cause) || cause.view.code === 'management-away' || cause.view.code === 'not-recorded'
  if (mayPass && attempts < MAX_FAILURES) return { againInMs: 2_500 * 2 ** attempts, error: reasonOf(error) }
  return { state: isAppError(cause) && cause.view.code === 'not-found' ? 'failed' : 'interrupted', error: reasonOf(error) }
}

/** Not every 'not-ready': a sign-in whose Secret is gone waits for a person. */
export const isUnderWay = (error: unknown): error is AppError => isAppError(error) && error.name === 'StillUnderWay'

/**
 * One look at an upgrade: as many steps as can be taken now, the first that cannot is what it waits for. Nothing blocks; the next
 * look is another replica's as well as this one's.
 * @param as `resume`: the server goes on by itself, in the person's name
 * @throws StillUnderWay; AppError when a person has to decide
 */
export async function driveUpgrade(ctx: Asker, row: UpgradeRow, lease: Lease, as: 'upgrade:cluster' | 'resume'): Promise<void> {
  const parsed = upgradeIntent.safeParse(row.spec)
  if (!parsed.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  const intent = parsed.data
  const done = new Set(row.applied)
  for (const step of intent.steps) {
    if (done.has(step.id)) continue
    const cluster = clusterOf(ctx, row)
    let state = stateOf(ctx, cluster, intent, step)
    if (state.is === 'unwritten') {
      if (step.id === 'add-ons') await writeAddOns(ctx, row, intent, lease, as)
      else await write(ctx, row, intent, step, { lease, done, as })
      // Add-ons are written and not waited for: they run beside the cluster, and their page tells how they are.
      state = step.id === 'add-ons' ? { is: 'done' } : stateOf(ctx, clusterOf(ctx, row), intent, step)
    }
    // The watch brings what was just written a moment later.
    if (state.is !== 'done') throw new StillUnderWay(null)
    done.add(step.id)
    await lease.step(progress(intent, done))
    note(ctx, row, step, doneWords(step, plainVersion(intent.to)), 'done')
  }
}

function doneWords({ id, pool }: UpgradeStep, version: string): string {
  if (id === 'add-ons') return `Add-ons follow ${version}`
  return `${stepWords(id)} ${pool?.onDelete ? `has ${version} set` : `is at ${version}`}`
}

const progress = ({ steps }: UpgradeIntent, done: ReadonlySet<string>): { applied: string[]; missing: string[] } => ({
  applied: steps.filter(({ id }) => done.has(id)).map(({ id }) => id),
  missing: steps.filter(({ id }) => !done.has(id)).map(({ id }) => id),
})

/** @throws AppError 'not-found' once the cluster is gone or going: then nobody can go on */
function clusterOf(ctx: Asker, { cluster: name, clusterUid }: UpgradeRow): ClusterView {
  const cluster = ctx.cluster(name)
  if (cluster?.uid !== clusterUid || cluster.deletingSince !== null) throw failure('not-found', `${name} was deleted before the upgrade came to its end.`)
  return cluster
}

function stateOf(ctx: Asker, cluster: ClusterView, { to }: UpgradeIntent, { id, pool }: UpgradeStep): StepState {
  if (id === 'add-ons') return { is: 'unwritten' }
  if (pool === null) return controlPlaneState(cluster, to)
  return poolState(cluster.pools.find(({ name }) => name === pool.name), Object.values(ctx.state().machines).filter((machine) => machine.cluster === cluster.name), to, pool.onDelete)
}

interface Writing {
  readonly lease: Lease
  readonly done: ReadonlySet<string>
  readonly as: 'upgrade:cluster' | 'resume'
}

/** What is written already, and what the watch has not shown yet, is left as it is. */
async function write(ctx: Asker, row: UpgradeRow, intent: UpgradeIntent, step: UpgradeStep, writing: Writing): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const wrote = await (step.pool === null ? writeControlPlane(ctx, client, row, intent, writing) : writePool(ctx, client, row, intent, step.pool, writing))
  if (wrote) note(ctx, row, step, `${stepWords(step.id)} goes to ${plainVersion(intent.to)}`, 'begun')
}

async function writeControlPlane(ctx: Asker, client: UserClient, row: UpgradeRow, { desired, to }: UpgradeIntent, { lease, as }: Writing): Promise<boolean> {
  const plane = await findControlPlane(ctx, client, { name: row.cluster })
  if (plane.desired !== null && sameVersion(plane.desired, to)) return false
  if (plane.desired !== null && !sameVersion(plane.desired, desired)) throw failure('conflict', `The control plane was set to ${plainVersion(plane.desired)} since the upgrade was asked for. Nothing was written.`)
  const object = withVersion(plane, to)
  // Asked of the database: after a pause or a stop no step begins, whoever it was asked of.
  await lease.begin()
  await audited(ctx, as, `KamajiControlPlane/${object.metadata.name}`, () => applyOver(client, object, plane.object))
  return true
}

async function writePool(ctx: Asker, client: UserClient, row: UpgradeRow, intent: UpgradeIntent, pool: NonNullable<UpgradeStep['pool']>, { lease, done, as }: Writing): Promise<boolean> {
  const { read: { spec } } = await findPool(ctx, client, row.cluster, pool.name)
  const prepared = await preparePoolStep(ctx, client, row.cluster, pool, { version: intent.to, spec })
  if (prepared.plan.changes.length === 0) return false
  // Addresses come free while it waits; asked again with each look.
  if (prepared.addresses.role === 'bad') {
    const held = `Pool ${pool.name}: ${prepared.addresses.words}`
    noteAct(ctx, { ...at(row), key: `${row.id}:pool/${pool.name}:held`, subject: pool.name, text: held, role: 'warn' })
    throw new StillUnderWay(held)
  }
  // The row's steps are those of the upgrade, not the objects of one of them.
  const holder: Holder = { id: lease.id, get gone() { return lease.gone }, assertHeld: () => lease.assertHeld(), step: () => lease.step(progress(intent, done)) }
  await lease.begin()
  await audited(ctx, as, `MachineDeployment/${prepared.group?.[0].deployment.metadata.name ?? pool.name}`, () => writeChange(ctx, row, holder, prepared))
  return true
}

async function writeAddOns(ctx: Asker, row: UpgradeRow, { to }: UpgradeIntent, lease: Lease, as: Writing['as']): Promise<void> {
  await lease.begin()
  await audited(ctx, as, `Cluster/${row.cluster}`, () => updateAddOns(ctx, row.cluster, to, lease))
}

const at = ({ cluster, clusterUid }: UpgradeRow) => ({ cluster, clusterUid: clusterUid ?? '' })

function note(ctx: Asker, row: UpgradeRow, step: UpgradeStep, text: string, key: 'begun' | 'done'): void {
  noteAct(ctx, { ...at(row), key: `${row.id}:${step.id}:${key}`, subject: step.pool?.name ?? null, text, role: key === 'done' ? 'ok' : 'busy' })
}
