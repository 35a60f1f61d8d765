import 'server-only'
import { failure } from '@/server/failure'

/**
 * The portal calls what a Secret names, with the cluster's own admin credentials: it has to be the cluster's API and nothing else, whoever
 * could write that Secret. Kamaji puts the endpoint there, or the Service of the control plane (`admin.svc`) where an advertise address is set.
 * @throws AppError 'conflict'
 */
export function assertEndpoint(server: string, of: { readonly cluster: string; readonly tenant: string; readonly endpoint: { readonly host: string; readonly port: number } | null }): void {
  const { cluster, tenant, endpoint } = of
  const url = URL.canParse(server) ? new URL(server) : null
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const port = Number(url?.port || 443)
  const service = [`${cluster}.${tenant}.svc`, `${cluster}.${tenant}.svc.cluster.local`].includes(host)
  const own = endpoint !== null && host === hostOf(endpoint.host) && port === endpoint.port
  if (url?.protocol === 'https:' && (url.pathname === '/' || url.pathname === '') && (own || service)) return
  throw failure('conflict', `The kubeconfig that the management cluster keeps for ${cluster} names another server than the cluster’s endpoint. It is not used. A platform admin has to look at the Secret ${cluster}-kubeconfig.`)
}

/** As a URL spells it: in lower case, and an IPv6 address in its short form. */
function hostOf(host: string): string {
  const text = host.includes(':') && !host.startsWith('[') ? `https://[${host}]` : `https://${host}`
  return URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$/g, '') : host
}
