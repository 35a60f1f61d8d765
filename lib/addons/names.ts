import type { AddOnName } from '@/lib/addons/spec'

/** On every object of an add-on: which one. */
export const ADD_ON_LABEL = 'tenantry.dev/add-on'
/** On its carrier: the settings, as JSON of lib/addons/spec.ts, without any secret. */
export const SETTINGS_ANNOTATION = 'tenantry.dev/settings'
/** On copies of an identity's sign-in and on what mounts them: `<uid>/<resourceVersion>` of the Secret that they were made from. */
export const CREDENTIALS_ANNOTATION = 'tenantry.dev/credentials'
/** On the carrier of metrics: `true` where a ServiceMonitor was written, `false` where the management cluster did not have that kind. */
export const SERVICE_MONITOR_ANNOTATION = 'tenantry.dev/service-monitor'
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
  metrics: (cluster: string) => `${cluster}-metrics`,
  metricsToken: (cluster: string) => `${cluster}-metrics-token`,
  metricsAccess: (cluster: string) => `${cluster}-metrics-access`,
  proxy: (cluster: string) => `${cluster}-pod-proxy`,
  /** Kamaji's own: `admin.svc` in it is a kubeconfig for whatever runs in the management cluster. */
  adminKubeconfig: (cluster: string) => `${cluster}-admin-kubeconfig`,
  /** Its CA for Cluster API: the certificate is `tls.crt`. */
  ca: (cluster: string) => `${cluster}-ca`,
} as const

/** The object that says that an add-on is installed and remembers its settings; named `names[addOn]`, and applied last. */
export const CARRIERS: Readonly<Record<AddOnName, 'Deployment' | 'ClusterResourceSet'>> = { cpi: 'Deployment', csi: 'Deployment', autoscaler: 'Deployment', metrics: 'ClusterResourceSet', proxy: 'ClusterResourceSet' }
/** The ClusterResourceSet of what an add-on has in the tenant cluster; null: nothing. */
export const RESOURCE_SETS: Readonly<Record<AddOnName, ((cluster: string) => string) | null>> = { cpi: null, csi: names.csiNode, autoscaler: null, metrics: names.metrics, proxy: names.proxy }

/** `AddOn/cpi`: how an operation names it among the objects that are to be written. */
export const stepOf = (addOn: AddOnName): string => `AddOn/${addOn}`
export const isAddOnStep = (text: string): boolean => text.startsWith('AddOn/')
