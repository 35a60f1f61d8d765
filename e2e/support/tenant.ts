import { randomBytes } from 'node:crypto'
import { ApiException } from '@kubernetes/client-node'
import { labFacts, versionsOf, type Admin } from './lab'

/** What a failed test keeps of its tenant: no Secret, ever. */
const groups = () => {
  const facts = labFacts()
  const { infrastructure, controlPlane } = versionsOf(facts)
  return [
    ['cluster.x-k8s.io', 'v1beta2', ['clusters', 'machinedeployments', 'machinesets', 'machines']],
    ['controlplane.cluster.x-k8s.io', controlPlane, ['kamajicontrolplanes']],
    ['kamaji.clastix.io', 'v1alpha1', facts.profile === 'kamaji' ? ['tenantcontrolplanes'] : []],
    ['infrastructure.cluster.x-k8s.io', infrastructure, ['vsphereclusters', 'vspheremachines', 'vspheremachinetemplates', 'vspherevms']],
    ['bootstrap.cluster.x-k8s.io', 'v1beta2', ['kubeadmconfigs', 'kubeadmconfigtemplates']],
    ['ipam.cluster.x-k8s.io', 'v1beta2', ['ipaddressclaims', 'ipaddresses']],
    ['ipam.cluster.x-k8s.io', 'v1alpha2', ['inclusterippools']],
  ] as const
}

export interface Member { readonly email: string; readonly role: 'tenant-admin' | 'tenant-operator' | 'tenant-viewer' }

/** A tenant of one test: a labelled Namespace with members bound by e-mail. */
export async function createTenant(lab: Admin, members: readonly Member[]): Promise<string> {
  const name = `e2e-${randomBytes(3).toString('hex')}`
  await lab.core.createNamespace({ body: { metadata: { name, labels: { 'tenantry.dev/tenant': 'true' }, annotations: { 'tenantry.dev/display-name': name } } } })
  await lab.rbac.createNamespacedRoleBinding({
    namespace: name,
    body: {
      metadata: { name: 'tenantry-portal' },
      subjects: [{ kind: 'ServiceAccount', name: 'tenantry', namespace: 'tenantry-system' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'tenantry:portal-tenant-secrets' },
    },
  })
  for (const { email, role } of members) await bind(lab, name, email, role)
  const writes = members.find(({ role }) => role === 'tenant-admin')
  if (writes) await untilPoliciesAreLoaded(lab, name, writes.email)
  return name
}

/** For up to half a minute after kube-apiserver has started (another test may just have killed it) its policies refuse whatever people write. */
async function untilPoliciesAreLoaded(lab: Admin, namespace: string, email: string): Promise<void> {
  const version = versionsOf(labFacts()).infrastructure
  const group = 'infrastructure.cluster.x-k8s.io'
  const as = lab.as(`oidc:${email}`)
  const trial = () => as.createNamespacedCustomObject({ group, version, plural: 'vsphereclusters', namespace, dryRun: 'All', body: { apiVersion: `${group}/${version}`, kind: 'VSphereCluster', metadata: { name: 'trial' }, spec: { server: 'vcenter.example.com' } } })
  for (let tries = 0; tries < 120; tries++) {
    const said = await trial().then(() => '', (error: unknown) => String(error instanceof ApiException ? JSON.stringify(error.body) : error))
    if (!said.includes('failed to configure')) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the policies of the management cluster were not loaded within a minute')
}

export async function bind(lab: Admin, tenant: string, email: string, role: Member['role']): Promise<void> {
  await lab.rbac.createNamespacedRoleBinding({
    namespace: tenant,
    body: {
      metadata: { name: `${role}-${email.split('@')[0]}` },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `oidc:${email}` }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `tenantry:${role}` },
    },
  })
  // The API server's authorizer learns of a binding by a watch.
  const spec = { user: `oidc:${email}`, resourceAttributes: { namespace: tenant, group: 'cluster.x-k8s.io', resource: 'clusters', verb: 'list' } }
  for (let tries = 0; tries < 400; tries++) {
    if ((await lab.reviews.createSubjectAccessReview({ body: { spec } })).status?.allowed) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the API server did not take the binding of ${email} in ${tenant} into account`)
}

/** Names of all that Cluster API and its providers hold in the tenant, as `Kind/name`; Secrets by name only. */
export async function objectsOf(lab: Admin, tenant: string): Promise<string[]> {
  const names: string[] = []
  for (const [group, version, plurals] of groups()) {
    for (const plural of plurals) {
      const list = (await lab.custom.listNamespacedCustomObject({ group, version, namespace: tenant, plural })) as { items: { kind?: string; metadata: { name: string } }[] }
      names.push(...list.items.map((item) => `${plural}/${item.metadata.name}`))
    }
  }
  const secrets = await lab.core.listNamespacedSecret({ namespace: tenant })
  return [...names, ...secrets.items.map((secret) => `secrets/${secret.metadata?.name}`)]
}

export async function dumpTenant(lab: Admin, tenant: string): Promise<string> {
  const dump: unknown[] = []
  for (const [group, version, plurals] of groups()) {
    for (const plural of plurals) dump.push(await lab.custom.listNamespacedCustomObject({ group, version, namespace: tenant, plural }))
  }
  dump.push(await lab.core.listNamespacedEvent({ namespace: tenant }))
  return JSON.stringify(dump, null, 1)
}

/** Clusters first, so that nothing is orphaned in vCenter; the Namespace goes once they have gone. */
export async function removeTenant(lab: Admin, tenant: string): Promise<void> {
  const clusters = { group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters' }
  const list = (await lab.custom.listNamespacedCustomObject(clusters)) as { items: { metadata: { name: string }; spec: { paused?: boolean } }[] }
  for (const { metadata, spec } of list.items) {
    // Cluster API leaves a paused Cluster as it is, its deletion included.
    if (spec.paused) await lab.custom.patchNamespacedCustomObject({ ...clusters, name: metadata.name, body: [{ op: 'remove', path: '/spec/paused' }] }).catch(unlessGone)
    await lab.custom.deleteNamespacedCustomObject({ ...clusters, name: metadata.name }).catch(unlessGone)
  }
  for (let tries = 0; tries < 60; tries++) {
    const left = (await lab.custom.listNamespacedCustomObject(clusters)) as { items: unknown[] }
    if (left.items.length === 0) break
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  await lab.core.deleteNamespace({ name: tenant })
}

/** A cluster whose deletion a test began may end between the list and this. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ApiException) || error.code !== 404) throw error
}
