import 'server-only'
import { randomUUID } from 'node:crypto'
import { ADD_ON_WORDS } from '@/lib/addons/words'
import { addOnProblems, storageClassProblems } from '@/lib/addons/rules'
import { stepOf } from '@/lib/addons/names'
import type { AddOnSettings } from '@/lib/addons/spec'
import { settingsOf } from '@/lib/addons/view'
import type { ClusterView } from '@/lib/cluster/view'
import { canonicalJson } from '@/lib/manifests/hash'
import { applyAddOns } from '@/server/addons/apply'
import { liveAddOns } from '@/server/addons/live'
import { prepareAddOns, type PreparedAddOns } from '@/server/addons/prepare'
import { preparePolicyArgs, type PolicyPlane } from '@/server/addons/pod-proxy'
import { audited } from '@/server/audit/audited'
import { hashOf } from '@/server/clusters/create'
import type { OperationRow } from '@/server/db/operations'
import { failure, invalid } from '@/server/failure'
import { addOnIntent, type AddOnIntent, type SaveAddOnInput } from '@/server/inputs'
import { findCluster } from '@/server/node-pools/find'
import { nameOf } from '@/server/operations/apply'
import type { Asker } from '@/server/operations/asker'
import { applyOver } from '@/server/operations/guard'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Installs an add-on, changes it, or writes it again as it should be now: one act, since each writes the whole.
 * @throws AppError 'invalid' | 'conflict' | 'forbidden' | 'refused' before anything is written; 'interrupted' in the middle: the same
 * asked for again goes on from there
 */
export async function saveAddOn(ctx: TenantContext, input: SaveAddOnInput): Promise<null> {
  const { cluster: name, settings } = input
  return audited(ctx, 'change:add-ons', `Cluster/${name}`, async () => {
    requireLive(ctx)
    const { cluster, kubernetes, prepared, controlPlane } = await prepareSave(ctx, input)
    const at = { id: randomUUID(), cluster: name, clusterUid: cluster.uid }
    const { user: who, groups } = ctx.session
    const intent: AddOnIntent = { act: 'save', settings, kubernetes }
    const row = { ...at, tenant: ctx.tenant, kind: 'addon', who, groups, hash: hashOf([]), spec: intent, missing: [stepOf(settings.name)] } as const
    await withOperation(row, (lease) => write(ctx, at, lease, { prepared, controlPlane }, settings))
    return null
  })
}

/** All that can be checked before the first write. @throws AppError 'invalid' | 'conflict' | 'forbidden' | 'refused' */
export async function prepareSave(ctx: TenantContext, { cluster: name, settings, seen }: SaveAddOnInput): Promise<Writing & { readonly cluster: ClusterView; readonly kubernetes: string }> {
  const cluster = findCluster(ctx, name)
  const kubernetes = versionOf(cluster)
  const problems = addOnProblems(settings, kubernetes)
  if (problems.length > 0) throw invalid(Object.fromEntries(problems.map(({ path, message }) => [path.join('.'), message])))
  await assertAsSeen(ctx, name, settings, seen)
  const prepared = await prepareFor(ctx, cluster, kubernetes, settings)
  return { cluster, kubernetes, prepared, controlPlane: await controlPlaneFor(ctx, cluster, kubernetes, settings) }
}

/** Goes on with one whose replica is gone, with what it was asked for. */
export async function resumeSave(ctx: Asker, row: OperationRow, lease: Lease, { settings }: Extract<AddOnIntent, { act: 'save' }>): Promise<void> {
  const cluster = findCluster(ctx, row.cluster)
  if (cluster.uid !== row.clusterUid) throw failure('conflict', `${row.cluster} is gone.`)
  const kubernetes = versionOf(cluster)
  const prepared = await prepareFor(ctx, cluster, kubernetes, settings)
  await write(ctx, row, lease, { prepared, controlPlane: await controlPlaneFor(ctx, cluster, kubernetes, settings) }, settings)
}

interface Writing {
  readonly prepared: PreparedAddOns
  /** As it has to be for the add-on; null where it is so. Written first, as the person. */
  readonly controlPlane: PolicyPlane | null
}

async function write(ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, lease: Lease, { prepared, controlPlane }: Writing, { name }: AddOnSettings): Promise<void> {
  const uid = clusterUid ?? ''
  const before = controlPlane === null ? [] : [nameOf(controlPlane.next)]
  lease.assertHeld()
  if (controlPlane) await audited(ctx, 'change:add-ons', nameOf(controlPlane.next), () => applyOver(runtime().asUser(ctx.identity), controlPlane.next, controlPlane.read))
  await applyAddOns(lease, prepared, { name: cluster, uid }, before)
  noteAct(ctx, { key: `${id}:asked`, clusterUid: uid, cluster, subject: null, text: `Add-on ${ADD_ON_WORDS[name].title} was asked for` })
}

const controlPlaneFor = async (ctx: Asker, cluster: ClusterView, kubernetes: string, { name }: AddOnSettings): Promise<PolicyPlane | null> =>
  name === 'proxy' ? preparePolicyArgs(ctx, runtime().asUser(ctx.identity), cluster, kubernetes) : null

const prepareFor = (ctx: Asker, { name, identity, placement, endpoint }: ClusterView, kubernetes: string, settings: AddOnSettings): Promise<PreparedAddOns> =>
  prepareAddOns(ctx, { cluster: name, kubernetes, identity, datacenter: placement?.datacenter || null, apiPort: endpoint?.port ?? null }, [settings])

/** Of the control plane that runs; of a new one, which it is to be. @throws AppError 'not-ready' */
export function versionOf({ name, version }: ClusterView): string {
  const kubernetes = version.current ?? version.desired
  if (kubernetes === null) throw failure('not-ready', `The Kubernetes version of ${name} is not known yet.`)
  return kubernetes
}

/** Somebody else may have changed it since the page was read; and what no API server would change is told in words. */
async function assertAsSeen(ctx: TenantContext, cluster: string, settings: AddOnSettings, seen: AddOnSettings | null): Promise<void> {
  const { carriers } = await liveAddOns(runtime().asUser(ctx.identity), ctx.tenant, cluster)
  const carrier = carriers.get(settings.name)
  const now = carrier ? settingsOf(carrier, settings.name) : null
  const text = canonicalJson(now)
  if (text !== canonicalJson(seen) && text !== canonicalJson(settings)) throw failure('conflict', `${ADD_ON_WORDS[settings.name].title} was changed by somebody else since this page was read. Load it again, then repeat.`)
  const [fixed] = storageClassProblems(now, settings)
  if (fixed) throw invalid({ [fixed.path.join('.')]: fixed.message })
}

/** @throws AppError 'conflict' for one that another version of the portal wrote */
export function intentOf(row: Pick<OperationRow, 'spec'>): AddOnIntent {
  const intent = addOnIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  return intent.data
}
