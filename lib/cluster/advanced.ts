import { z } from 'zod'

const texts = z.record(z.string(), z.string())
export const SERVICE_TYPES = ['LoadBalancer', 'NodePort', 'ClusterIP'] as const
export const CGROUP_DRIVERS = ['systemd', 'cgroupfs'] as const
export const ADDRESS_TYPES = ['InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS'] as const

/**
 * What few people change about the hosted control plane: fields of KamajiControlPlane v1alpha2 and of the Cluster. Texts of
 * `affinity`, `tolerations` and `topologySpread` are YAML of Kubernetes' own fields; '' is none.
 */
export const advancedShape = z.object({
  /** Of the Cluster and its control plane: what ClusterResourceSets and the like select by. */
  labels: texts,
  /** Each `--name=value`. */
  extraArgs: z.object({ apiServer: z.array(z.string()), controllerManager: z.array(z.string()), scheduler: z.array(z.string()) }),
  /** '' is what Kamaji is set up with. */
  /** Its schema and user are Kamaji's to choose: a name of one's choice could be that of another tenant (chart/rbac/add-ons-policy.yaml). */
  dataStore: z.object({ name: z.string() }),
  addons: z.object({ coreDNS: z.boolean(), kubeProxy: z.boolean(), konnectivity: z.boolean() }),
  kubelet: z.object({ cgroupfs: z.enum(CGROUP_DRIVERS), preferredAddressTypes: z.array(z.enum(ADDRESS_TYPES)) }),
  deployment: z.object({ labels: texts, annotations: texts, podLabels: texts, podAnnotations: texts, nodeSelector: texts, affinity: z.string(), tolerations: z.string(), topologySpread: z.string() }),
  service: z.object({ type: z.enum(SERVICE_TYPES), annotations: texts, labels: texts }),
  certSANs: z.array(z.string()),
  serviceDomain: z.string(),
  /** Of a load balancer's endpoint; a fixed one says its own. */
  apiServerPort: z.number().int(),
})
export type Advanced = z.infer<typeof advancedShape>

/** Port of a load balancer's endpoint, and of a fixed one until another is typed. */
export const API_PORT = 6443
export const SERVICE_DOMAIN = 'cluster.local'

export const NOTHING_ADVANCED: Advanced = {
  labels: {},
  extraArgs: { apiServer: [], controllerManager: [], scheduler: [] },
  dataStore: { name: '' },
  addons: { coreDNS: true, kubeProxy: true, konnectivity: true },
  kubelet: { cgroupfs: 'systemd', preferredAddressTypes: ['InternalIP', 'ExternalIP', 'Hostname'] },
  deployment: { labels: {}, annotations: {}, podLabels: {}, podAnnotations: {}, nodeSelector: {}, affinity: '', tolerations: '', topologySpread: '' },
  service: { type: 'LoadBalancer', annotations: {}, labels: {} },
  certSANs: [],
  serviceDomain: SERVICE_DOMAIN,
  apiServerPort: API_PORT,
}
