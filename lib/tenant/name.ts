import { isDns1123Label } from '@/lib/kubernetes/names'

/** A tenant's name is the name of its Namespace, hence a DNS-1123 label: safe in a path of the Kubernetes API. */
export const isTenantName = (name: string): boolean => isDns1123Label(name)

/**
 * Whether Kamaji's datastore would take a control plane for one of another tenant: it writes both as `<Namespace>_<name>` with every - as _
 * (datastore_storage_config.go), x of team-blue and blue-x of team alike. Refused in the tenant of the shorter name (chart/rbac/add-ons-policy.yaml).
 */
export const couldBeOf = (other: string, tenant: string, controlPlane: string): boolean => other.startsWith(`${tenant}-`) && `${tenant}-${controlPlane}`.startsWith(`${other}-`)
