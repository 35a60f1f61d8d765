import 'server-only'
import { ADD_ONS } from '@/lib/addons/spec'
import { addOnView, type AddOnsPageData } from '@/lib/addons/view'
import { liveAddOns } from '@/server/addons/live'
import { podProxyPage } from '@/server/addons/pod-proxy-page'
import { versionOf } from '@/server/addons/save'
import { signInVersion } from '@/server/addons/sign-in'
import { findCluster } from '@/server/node-pools/find'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/**
 * What is installed for a cluster, read as the person when they look: add-ons change seldom, and nobody watches Deployments for that.
 * @throws AppError 'not-found' | 'forbidden' | 'not-ready'
 */
export async function addOnsPageData(ctx: TenantContext, name: string): Promise<AddOnsPageData> {
  const cluster = findCluster(ctx, name)
  const kubernetes = versionOf(cluster)
  const client = runtime().asUser(ctx.identity)
  const { carriers, resourceSets } = await liveAddOns(client, ctx.tenant, name)
  const [credentials, serviceMonitors, podProxy] = await Promise.all([
    signInVersion(cluster.identity), runtime().own.has('ServiceMonitor').catch(() => false), podProxyPage(ctx, client, cluster, { kubernetes, set: carriers.get('proxy') ?? null }),
  ])
  const addOns = ADD_ONS.map((addOn) => addOnView(addOn, { carrier: carriers.get(addOn) ?? null, resourceSet: resourceSets.get(addOn) ?? null, credentials, serviceMonitors, ...(addOn === 'proxy' ? { own: podProxy } : {}) }, kubernetes))
  return { cluster: name, kubernetes, addOns }
}
