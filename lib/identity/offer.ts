import { z } from 'zod'

/** Annotation on a VSphereClusterIdentity by which a platform admin says what tenants get with it. JSON of `vsphereOffer`. */
export const OFFER_ANNOTATION = 'tenantry.dev/offer'

/** What the platform adds to every Pod of an add-on: where in the management cluster it runs, and how it is marked. */
const addOnPods = z.object({
  nodeSelector: z.record(z.string(), z.string()).optional(),
  tolerations: z.array(z.object({ key: z.string(), operator: z.enum(['Exists', 'Equal']), value: z.string(), effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) }).partial()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
})
export type AddOnPods = z.infer<typeof addOnPods>

/** A ServiceAccount as `namespace/name`. */
export const SCRAPER = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/

/** Who reads metrics of control planes, and by which labels its Prometheus picks ServiceMonitors. */
const metrics = z.object({ scraper: z.string().regex(SCRAPER), labels: z.record(z.string(), z.string()) }).partial()
export type MetricsPlatform = z.infer<typeof metrics>

/** Certificates alone: a key would go to every browser that looks at the offer. */
const CERTIFICATES = /^(?:\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,16000}-----END CERTIFICATE-----\s*){1,10}$/

const vmTemplate = z.object({
  name: z.string().min(1),
  version: z.string().regex(/^v\d+\.\d+\.\d+$/),
  /** GiB of its disk, as vCenter shows it: no machine's can be smaller. Absent: only what machines have is known. */
  diskGiB: z.number().min(1).optional(),
})

/**
 * Defaults and limits that come with a vSphere identity. `server` and `thumbprint` are never taken from a tenant's form: a
 * tenant who could name the server would be handed the identity's password by it.
 */
export const vsphereOffer = z.object({
  server: z.string().min(1),
  /** SHA-1 of vCenter's certificate. Without one CAPV verifies nothing, not even by its trust store (pkg/session/session.go, newClient). */
  thumbprint: z.string().min(1).optional(),
  /** Authorities of vCenter's certificate in PEM, for CPI and CSI. CAPV has no place for it: it takes the thumbprint. */
  ca: z.string().regex(CERTIFICATES).optional(),
  datacenter: z.string().min(1),
  resourcePool: z.string().min(1),
  folder: z.string().min(1),
  datastore: z.string().min(1),
  network: z.string().min(1),
  templates: z.array(vmTemplate),
  /** A mirror of registry.k8s.io from which the management cluster and the machines pull images of add-ons. */
  registry: z.string().regex(/^[a-z0-9][\w.:/-]{0,200}$/i).optional(),
  addOnPods: addOnPods.optional(),
  metrics: metrics.optional(),
})
export type VSphereOffer = z.infer<typeof vsphereOffer>

/** An identity that a tenant may use, as the create form shows it. */
export interface IdentityOption {
  readonly name: string
  readonly offer: VSphereOffer
}
