import type { AddOnName } from '@/lib/addons/spec'

/** On every object of an add-on: which one. */
export const ADD_ON_LABEL = 'tenantry.dev/add-on'
/** On its Deployment: the settings, as JSON of lib/addons/spec.ts, without any secret. */
export const SETTINGS_ANNOTATION = 'tenantry.dev/settings'
/** On copies of an identity's sign-in and on what mounts them: `<uid>/<resourceVersion>` of the Secret that they were made from. */
export const CREDENTIALS_ANNOTATION = 'tenantry.dev/credentials'
/** In the Pod template: changes with the configuration, so that Pods are replaced. Never a hash of a password: it could be guessed against it. */
export const CONFIG_ANNOTATION = 'tenantry.dev/config'

/** Chart and policy (chart/rbac/add-ons-policy.yaml) know these suffixes: a Secret named so can be read by nobody of the tenant, in no way. */
export const names = {
  cpi: (cluster: string) => `${cluster}-vsphere-cloud-controller-manager`,
  cpiConfig: (cluster: string) => `${cluster}-vsphere-config-secret`,
  csi: (cluster: string) => `${cluster}-vsphere-csi-controller`,
  csiConfig: (cluster: string) => `${cluster}-csi-config-secret`,
  csiNode: (cluster: string) => `${cluster}-csi-node`,
  csiClass: (cluster: string) => `${cluster}-csi-storage-class`,
  autoscaler: (cluster: string) => `${cluster}-cluster-autoscaler`,
  /** Kamaji's own: `admin.svc` in it is a kubeconfig for whatever runs in the management cluster. */
  adminKubeconfig: (cluster: string) => `${cluster}-admin-kubeconfig`,
} as const

export const deploymentOf = (addOn: AddOnName, cluster: string): string => names[addOn](cluster)

/** `AddOn/cpi`: how an operation names it among the objects that are to be written. */
export const stepOf = (addOn: AddOnName): string => `AddOn/${addOn}`
export const isAddOnStep = (text: string): boolean => text.startsWith('AddOn/')
