import 'server-only'
import { names } from '@/lib/addons/names'
import { hasOldSignIn } from '@/lib/addons/view'
import type { ClusterView } from '@/lib/cluster/view'
import { lookInto, type Beside, type InsideAround, type InsideReport } from '@/lib/doctor/inside'
import { numberIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { signInVersion } from '@/server/addons/sign-in'
import { audited } from '@/server/audit/audited'
import { failure, notFound } from '@/server/failure'
import type { LookInput } from '@/server/inputs'
import { toAppError } from '@/server/management/status'
import { runtime } from '@/server/runtime'
import { lookInside } from '@/server/tenant-api/look'
import { requireLive, requirePermission, type TenantContext } from '@/server/tenants/open'

/** The VM is on and has been given everything; only its Node is missing. */
const WAITING: ReadonlySet<string> = new Set(['Bootstrapping', 'Joining'])

/**
 * Looks into a tenant cluster's nodes and volumes, once, for who may have a kubeconfig of it. Only what `lookInto` proves leaves the server.
 * @throws AppError 'not-ready' while the tenant's API does not answer; 'conflict' when its kubeconfig names another server
 */
export async function lookIntoCluster(ctx: TenantContext, { cluster: name }: LookInput): Promise<InsideReport> {
  return audited(ctx, 'look', `Cluster/${name}`, async () => {
    requireLive(ctx)
    const cluster = ctx.cluster(name)
    if (!cluster) throw notFound(`The cluster ${JSON.stringify(name)}`)
    // The review is the only judge here: the Secret is read as the portal.
    await requirePermission(ctx, 'download:view-kubeconfig', 'now')
    if (!cluster.kubeconfig.ready) throw failure('not-ready', `The API of ${name} can’t be asked yet: it waits for ${cluster.kubeconfig.waitsFor}.`)
    const admin = await runtime().system.readKubeconfigSecret(ctx.tenant, name).catch((error: unknown) => {
      throw toAppError(error, `the kubeconfig of ${name}`)
    })
    const inside = await lookInside(admin, { cluster: name, tenant: ctx.tenant, endpoint: cluster.endpoint })
    const waiting = Object.values(ctx.state().machines).filter((machine) => machine.cluster === name && machine.deletingSince === null && machine.node === null && WAITING.has(machine.state.word)).map((machine) => machine.name)
    return lookInto(inside, { tenant: ctx.tenant, cluster: name, waiting, ...(await beside(ctx, cluster)), now: Date.now() })
  })
}

/** Its controllers on the management cluster, read as the person; who may not read them is told what the cluster itself proves. */
async function beside(ctx: TenantContext, { name: cluster, identity }: Pick<ClusterView, 'name' | 'identity'>): Promise<Pick<InsideAround, 'cloudProvider' | 'storage' | 'oldSignIn'>> {
  try {
    const client = runtime().asUser(ctx.identity)
    // By name: the chart calls its own as the add-ons do.
    const [cpi, csi] = await Promise.all([names.cpi(cluster), names.csi(cluster)].map((name) => client.get('Deployment', ctx.tenant, name)))
    const found = [cpi, csi].flatMap((deployment) => deployment ?? [])
    const signIn = found.length === 0 ? null : await signInVersion(identity)
    return { cloudProvider: besideOf(cpi), storage: besideOf(csi), oldSignIn: found.filter((deployment) => hasOldSignIn(deployment, signIn)).map(({ metadata }) => metadata.name) }
  } catch {
    return { cloudProvider: 'unknown', storage: 'unknown', oldSignIn: [] }
  }
}

const besideOf = (deployment: KubeObject | null | undefined): Beside =>
  !deployment ? 'absent' : { ready: numberIn(deployment, 'status', 'readyReplicas') ?? 0, wanted: numberIn(deployment, 'spec', 'replicas') ?? 0 }
