/** What a platform team would have set up before the first tenant comes: roles, two tenants, and vSphere to hand out. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { oidcPrefix } from './accounts'
import type { VcenterAccess } from './context'
import type { ApiServer } from './control-plane'
import { kubeconfigOf, until, type KubernetesObject, type Management } from './kubernetes'
import { writePrivate } from './pki'
import type { Profile } from './profiles'
import { capvNamespace } from './providers'
import { offerOf, sharedPool, zones } from './vcenter-inventory'

const rbacFolder = join(import.meta.dirname, '..', 'chart', 'rbac')
const portal = { namespace: 'tenantry-system', serviceAccount: 'tenantry' }
const tokenSeconds = 24 * 60 * 60
const identityName = 'vsphere-north'
const tenantLabel = 'tenantry.dev/tenant'
const rbacGroup = 'rbac.authorization.k8s.io'

interface Tenant {
  readonly name: string
  readonly displayName: string
  readonly admins: string
  readonly viewers?: string
}

const tenants: readonly Tenant[] = [
  { name: 'team-blue', displayName: 'Team Blue', admins: 'team-blue-admins', viewers: 'team-blue-viewers' },
  { name: 'team-green', displayName: 'Team Green', admins: 'team-green-admins' },
]

/** Idempotent: each start applies it again, and the identity's offer then names the port of this start. */
export async function seed(management: Management, vcenter: VcenterAccess, profile: Profile, signal: AbortSignal): Promise<void> {
  const roles = await readRoles()
  // Namespaces first: what lies in them is refused until they exist.
  const isNamespace = (object: KubernetesObject) => object.kind === 'Namespace'
  await applyAll(management, [...roles.filter(isNamespace), ...tenants.map(namespaceOf)])
  await applyAll(management, [...roles.filter((object) => !isNamespace(object)), ...tenants.flatMap(bindingsOf), platformBinding()])
  await Promise.all([seedIdentity(management, vcenter, profile, signal), seedSharedPool(management, signal), seedZones(management, vcenter.server, profile, signal)])
}

/** A kubeconfig of the portal's own ServiceAccount, with a token for a day: renewed by each start. */
export async function writePortalKubeconfig(management: Management, api: ApiServer, caPem: string, file: string): Promise<void> {
  const account = `/api/v1/namespaces/${portal.namespace}/serviceaccounts/${portal.serviceAccount}`
  const { status } = await management.post<{ status?: { token: string } }>(`${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    // No audience of its own: the API server's.
    spec: { audiences: [], expirationSeconds: tokenSeconds },
  })
  const token = status?.token
  if (token === undefined) throw new Error('the API server gave no token for the portal')
  await writePrivate(file, kubeconfigOf(api.url, caPem, { token }))
}

async function seedIdentity(management: Management, vcenter: VcenterAccess, profile: Profile, signal: AbortSignal): Promise<void> {
  await management.apply(secretOf(vcenter))
  const identity: KubernetesObject & { spec: unknown } = {
    apiVersion: `infrastructure.cluster.x-k8s.io/${profile.infrastructure}`,
    kind: 'VSphereClusterIdentity',
    metadata: {
      name: identityName,
      annotations: { 'tenantry.dev/offer': JSON.stringify(offerOf(vcenter.server, vcenter.thumbprint, profile.kubernetes)) },
    },
    spec: {
      secretName: identityName,
      allowedNamespaces: { selector: { matchExpressions: [{ key: tenantLabel, operator: 'Exists' }] } },
    },
  }
  // CAPV's conversion and its CRD are up by now; kube-apiserver may still be refreshing its discovery of them.
  await until(`VSphereClusterIdentity ${identityName}`, () => management.apply(identity).then(() => true), 20_000, signal)
}

/** Two zones, each a compute cluster. A VSphereFailureDomain cannot be changed, and never has to: only the zone names the server. */
async function seedZones(management: Management, server: string, profile: Profile, signal: AbortSignal): Promise<void> {
  const infrastructure = `infrastructure.cluster.x-k8s.io/${profile.infrastructure}`
  for (const { name, failureDomain, deploymentZone } of zones(server)) {
    const domain: KubernetesObject & { spec: unknown } = { apiVersion: infrastructure, kind: 'VSphereFailureDomain', metadata: { name }, spec: failureDomain }
    const zone: KubernetesObject & { spec: unknown } = { apiVersion: infrastructure, kind: 'VSphereDeploymentZone', metadata: { name, labels: { 'tenantry.dev/zone': name } }, spec: deploymentZone }
    await until(`VSphereDeploymentZone ${name}`, () => management.apply(domain).then(() => management.apply(zone)).then(() => true), 20_000, signal)
  }
}

/** Addresses that no tenant has to type: a pool of the platform, offered to every tenant. */
async function seedSharedPool(management: Management, signal: AbortSignal): Promise<void> {
  const { name, offer, spec } = sharedPool
  const pool: KubernetesObject & { spec: unknown } = {
    apiVersion: 'ipam.cluster.x-k8s.io/v1alpha2',
    kind: 'GlobalInClusterIPPool',
    metadata: { name, annotations: { 'tenantry.dev/offer': JSON.stringify(offer) } },
    spec,
  }
  await until(`GlobalInClusterIPPool ${name}`, () => management.apply(pool).then(() => true), 20_000, signal)
}

/** The chart's own files, so that what works in the lab is what an installation is given. */
async function readRoles(): Promise<KubernetesObject[]> {
  const files = (await readdir(rbacFolder).catch(() => [])).filter((file) => file.endsWith('.yaml')).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(rbacFolder, file), 'utf8')))
  return texts
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject | null))
    .filter((object) => object !== null)
}

function secretOf(vcenter: VcenterAccess): KubernetesObject & { stringData: unknown } {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: identityName, namespace: capvNamespace },
    stringData: { username: vcenter.user, password: vcenter.password },
  }
}

function namespaceOf({ name, displayName }: Tenant): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { [tenantLabel]: 'true' }, annotations: { 'tenantry.dev/display-name': displayName } },
  }
}

function bindingsOf(tenant: Tenant): KubernetesObject[] {
  const group = (name: string) => ({ kind: 'Group', name: `${oidcPrefix}${name}`, apiGroup: rbacGroup })
  return [
    binding(tenant.name, 'tenantry:tenant-admin', group(tenant.admins)),
    ...(tenant.viewers === undefined ? [] : [binding(tenant.name, 'tenantry:tenant-viewer', group(tenant.viewers))]),
    binding(tenant.name, 'tenantry:portal-tenant-secrets', {
      kind: 'ServiceAccount',
      name: portal.serviceAccount,
      namespace: portal.namespace,
    }),
  ]
}

function binding(namespace: string, role: string, subject: object): KubernetesObject {
  return {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name: role, namespace },
    subjects: [subject],
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
  } as KubernetesObject
}

function platformBinding(): KubernetesObject {
  return {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'tenantry:platform-admin' },
    subjects: [{ kind: 'Group', name: `${oidcPrefix}platform-admins`, apiGroup: rbacGroup }],
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: 'tenantry:platform-admin' },
  } as KubernetesObject
}

async function applyAll(management: Management, objects: readonly KubernetesObject[]): Promise<void> {
  await Promise.all(objects.map((object) => management.apply(object)))
}
