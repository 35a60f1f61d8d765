import 'server-only'
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import type { ClusterView } from '@/lib/cluster/view'
import { isAppError } from '@/lib/errors'
import { failure } from '@/server/failure'
import { segment } from '@/server/management/kinds'
import { isStatusError } from '@/server/management/status'
import { transportFromText, type ApiRequest } from '@/server/management/transport'
import { assertEndpoint } from '@/server/tenant-api/endpoint'

/** What a person gets in the tenant cluster: names of ClusterRoles there. */
export type TenantRole = 'cluster-admin' | 'view'

export interface TenantKubeconfig {
  readonly yaml: string
  readonly expiresAt: Date
}

const NAMESPACE = 'tenantry-access'

/**
 * A kubeconfig with a token of its own for one person, which expires: made with the cluster's admin kubeconfig, which never
 * leaves this function.
 * @throws AppError 'not-ready' when the tenant's API does not answer; 'conflict' when the admin kubeconfig names another server
 */
export async function personalKubeconfig(admin: string, request: { cluster: string; tenant: string; endpoint: ClusterView['endpoint']; user: string; role: TenantRole; seconds: number }): Promise<TenantKubeconfig> {
  const { cluster, tenant, user, role, seconds } = request
  const account = `${role === 'view' ? 'view' : 'admin'}-${createHash('sha256').update(user).digest('hex').slice(0, 16)}`
  const transport = transportFromText(admin)
  const apply = (path: string, body: object): Promise<unknown> =>
    transport.json({ method: 'PATCH', path, query: { fieldManager: 'tenantry', force: 'true' }, body, contentType: 'application/apply-patch+yaml' })
  try {
    assertEndpoint(transport.server.url, request)
    await apply(`/api/v1/namespaces/${NAMESPACE}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
    await apply(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${segment(account)}`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account, namespace: NAMESPACE, annotations: { 'tenantry.dev/user': user } },
      automountServiceAccountToken: false,
    })
    const binding = `tenantry:${account}`
    await apply(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${segment(binding)}`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: binding, annotations: { 'tenantry.dev/user': user } },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: NAMESPACE }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    })
    const token: ApiRequest = {
      method: 'POST',
      path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${segment(account)}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [], expirationSeconds: seconds } },
    }
    const { status } = await transport.json<{ status: { token: string; expirationTimestamp: string } }>(token)
    return { yaml: kubeconfigOf(transport.server, { cluster, tenant, role }, status.token), expiresAt: new Date(status.expirationTimestamp) }
  } catch (error) {
    throw unreachable(error, cluster)
  } finally {
    await transport.close()
  }
}

function kubeconfigOf({ url, ca }: { url: string; ca: string | null }, { cluster, tenant, role }: { cluster: string; tenant: string; role: TenantRole }, token: string): string {
  const name = `${cluster}.${tenant}`
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, ...(ca ? { 'certificate-authority-data': ca } : {}) } }],
    users: [{ name: `${name}-${role}`, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: `${name}-${role}` } }],
    'current-context': name,
  }, { lineWidth: 0 })
}

/** Errors of the tenant's API say so: the management cluster's sentences would send people to the wrong place. */
export function unreachable(error: unknown, cluster: string): unknown {
  if (isAppError(error) && error.view.code !== 'management-away') return error
  const detail = isStatusError(error) ? error.message : isAppError(error) ? error.view.detail : null
  if (detail === null) return error
  return failure('not-ready', `The API of ${cluster} does not answer as it should. Try again when its control plane is ready.`, detail ? { detail } : {})
}
