/**
 * What a tenant has on its first day besides its API server: what Kamaji's kubeadm phases write, and what the tenant's
 * kube-controller-manager would do for users and roles. The lab runs none for tenants: it would only wait for Pods.
 */
import { isConflict, kubeRest, type KubeObject, type KubeRest } from '../kube-rest'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const admins = 'kubeadm:cluster-admins'
const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

interface ClusterRole extends KubeObject {
  rules: object[] | null
  aggregationRule?: { clusterRoleSelectors: { matchLabels?: Record<string, string> }[] }
}

/** Idempotent. `admin.conf` itself has no rights before the first binding: hence super-admin. */
export async function prepareTenant(superAdminKubeconfig: string): Promise<void> {
  await withRest(superAdminKubeconfig, (rest) => Promise.all([bindClusterAdmins(rest), ...ofControllerManager(rest)]))
}

/** The half of it that is not Kamaji's: for a tenant whose kubeadm phases Kamaji itself runs. */
export async function standInForControllerManager(superAdminKubeconfig: string): Promise<void> {
  await withRest(superAdminKubeconfig, (rest) => Promise.all(ofControllerManager(rest)))
}

async function withRest(kubeconfig: string, work: (rest: KubeRest) => Promise<unknown>): Promise<void> {
  const rest = await kubeRest(kubeconfig)
  try {
    await work(rest)
  } finally {
    await rest.close()
  }
}

const ofControllerManager = (rest: KubeRest): readonly Promise<void>[] => [aggregateRoles(rest), ...namespaces.map((namespace) => addDefaultServiceAccount(rest, namespace))]

async function bindClusterAdmins(rest: KubeRest): Promise<void> {
  await createOnce(rest, `${rbac}/clusterrolebindings`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: admins },
    subjects: [{ kind: 'Group', name: admins, apiGroup: 'rbac.authorization.k8s.io' }],
    roleRef: { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: 'rbac.authorization.k8s.io' },
  })
}

async function addDefaultServiceAccount(rest: KubeRest, namespace: string): Promise<void> {
  await createOnce(rest, `/api/v1/namespaces/${namespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } })
}

/** Roles view, edit and admin are empty until a controller gathers their rules from the roles labelled for them. */
async function aggregateRoles(rest: KubeRest): Promise<void> {
  const roles = await rest.list<ClusterRole>(`${rbac}/clusterroles`)
  const rulesOf = (role: ClusterRole): object[] => {
    if (role.aggregationRule === undefined) return role.rules ?? []
    const selectors = role.aggregationRule.clusterRoleSelectors.map(({ matchLabels }) => Object.entries(matchLabels ?? {}))
    const parts = roles.filter((one) => one !== role && selectors.some((labels) => labels.every(([key, value]) => one.metadata.labels?.[key] === value)))
    return parts.flatMap(rulesOf)
  }
  for (const role of roles) {
    if (role.aggregationRule === undefined) continue
    const rules = rulesOf(role)
    if (JSON.stringify(rules) === JSON.stringify(role.rules)) continue
    await rest.merge(`${rbac}/clusterroles/${role.metadata.name}`, { rules })
  }
}

async function createOnce(rest: KubeRest, path: string, object: KubeObject & Record<string, unknown>): Promise<void> {
  if ((await rest.get(`${path}/${object.metadata.name}`)) !== undefined) return
  await rest.create(path, object).catch((error: unknown) => {
    if (!isConflict(error)) throw error
  })
}
