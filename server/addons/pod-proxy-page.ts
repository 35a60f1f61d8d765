import 'server-only'
import { ALSO_ARGS, podProxyOutdated } from '@/lib/addons/pod-proxy'
import { NO_POLICY, policyVersion, SWITCHED_OFF } from '@/lib/addons/policy-version'
import { bareSettings, type AddOnView } from '@/lib/addons/view'
import type { ClusterView } from '@/lib/cluster/view'
import { isAppError } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import { unique } from '@/lib/node-config/no-proxy'
import { readPool } from '@/lib/node-pool/read'
import { policyArgsOf } from '@/server/addons/pod-proxy'
import type { UserClient } from '@/server/management/user-client'
import { deploymentsOf, templatesOf } from '@/server/node-pools/find'
import { noProxyOf } from '@/server/node-pools/page'
import type { TenantContext } from '@/server/tenants/open'

/** What its page knows of the proxy in Pods beside what is installed. */
type PodProxyPage = Pick<AddOnView, 'begin' | 'reason' | 'also'> & { readonly outdated: readonly string[] }

/**
 * Installing begins with the proxy of the machines, and with all that the cluster's networks say is reached without it.
 * @param now version of the control plane, and the ClusterResourceSet where it is installed
 */
export async function podProxyPage(ctx: TenantContext, client: UserClient, cluster: ClusterView, { kubernetes, set }: { readonly kubernetes: string; readonly set: KubeObject | null }): Promise<PodProxyPage> {
  const nothing = { begin: bareSettings('proxy'), also: null, outdated: [] }
  if (policyVersion(kubernetes) === null) return { ...nothing, reason: NO_POLICY }
  try {
    const [args, networks, url] = await Promise.all([policyArgsOf(ctx, client, cluster, kubernetes), noProxyOf(ctx, client, cluster), machinesProxy(client, ctx.tenant, cluster.name)])
    // Known by now, other than at create: a load balancer gave it.
    const computed = unique([...networks, ...(cluster.endpoint ? [cluster.endpoint.host] : [])])
    return {
      begin: { name: 'proxy', url, noProxy: computed.join(',') },
      reason: args === 'off' ? SWITCHED_OFF : null,
      also: args === 'missing' ? ALSO_ARGS : null,
      outdated: set === null ? [] : podProxyOutdated(set, kubernetes, args),
    }
  } catch (error) {
    // The other add-ons can be looked at all the same.
    if (!isAppError(error)) throw error
    return { ...nothing, reason: error.view.message }
  }
}

/** Of the oldest pool; one that asks for a password is none for Pods. */
async function machinesProxy(client: UserClient, tenant: string, cluster: string): Promise<string> {
  const [deployments, templates] = await Promise.all([deploymentsOf(client, tenant, cluster), templatesOf(client, tenant)])
  const [deployment] = deployments
  const proxy = deployment === undefined ? null : readPool({ deployment, ...templates }).spec.node.proxy
  return proxy === null || proxy.credentials !== null ? '' : proxy.url
}
