import { z } from 'zod'

/**
 * What runs beside a hosted control plane. CPI gives nodes their provider id, addresses and zones, CSI their volumes, the autoscaler
 * their number. The shape alone; rules are in lib/addons/rules.ts.
 */
export const cpiShape = z.object({
  /** vSphere tag categories from which nodes get region and zone; both empty: none. */
  region: z.string(),
  zone: z.string(),
  /** `v1.35.1` of the image; empty: what fits the cluster's minor. */
  version: z.string(),
})
export const csiShape = z.object({
  /** Name of the StorageClass in the tenant cluster; empty: none is made. */
  className: z.string(),
  /** A storage policy by name, or the URL of a datastore; both empty: any datastore that all nodes reach. */
  policy: z.string(),
  datastoreUrl: z.string(),
  // Of the StorageClass, as Kubernetes names them. What was stored before they could be set has none of them.
  reclaimPolicy: z.enum(['Delete', 'Retain']).default('Delete'),
  binding: z.enum(['WaitForFirstConsumer', 'Immediate']).default('WaitForFirstConsumer'),
  expansion: z.enum(['allowed', 'refused']).default('allowed'),
  /** Whether claims that name no class get this one. */
  isDefault: z.enum(['yes', 'no']).default('yes'),
  /** LOGGER_LEVEL of the driver (vsphere-csi-driver pkg/csi/service/logger/logger.go). */
  logLevel: z.enum(['PRODUCTION', 'DEVELOPMENT']).default('PRODUCTION'),
  /** vSphere tag categories by which volumes are placed near their Pods; both empty: none. */
  region: z.string(),
  zone: z.string(),
})
export const autoscalerShape = z.object({
  /** As of CPI. */
  version: z.string(),
})
/** No rule of its own on which scraper: the platform's is taken where none is typed (lib/identity/offer.ts). */
export const metricsShape = z.object({
  /** `namespace/name` of the ServiceAccount that may find what there is to read; empty: the platform's. */
  scraper: z.string(),
})
export const proxyShape = z.object({
  /** `http://proxy.example.com:3128`, never with a password: who reads policies in the cluster reads it. */
  url: z.string(),
  /** What is reached without it, parted by commas. In a ClusterSpec only the person's own entries; else all of them. */
  noProxy: z.string(),
})

const enabled = { enabled: z.boolean() }
export const addOnsShape = z.object({
  cpi: cpiShape.extend(enabled), csi: csiShape.extend(enabled), autoscaler: autoscalerShape.extend(enabled), metrics: metricsShape.extend(enabled),
  proxy: proxyShape.extend(enabled),
})
export type AddOns = z.infer<typeof addOnsShape>
export type AddOnName = keyof AddOns

/** One add-on with its settings: what is installed, and what its carrier (lib/addons/names.ts) remembers. */
export const addOnSettings = z.discriminatedUnion('name', [
  cpiShape.extend({ name: z.literal('cpi') }),
  csiShape.extend({ name: z.literal('csi') }),
  autoscalerShape.extend({ name: z.literal('autoscaler') }),
  metricsShape.extend({ name: z.literal('metrics') }),
  proxyShape.extend({ name: z.literal('proxy') }),
])
export type AddOnSettings = z.infer<typeof addOnSettings>

export const ADD_ONS = ['cpi', 'csi', 'autoscaler', 'metrics', 'proxy'] as const satisfies readonly AddOnName[]

/** Whether it holds a copy of the vSphere identity's sign-in. */
export const usesSignIn = (name: AddOnName): boolean => name === 'cpi' || name === 'csi'

/** Storage without anything typed. */
export const BARE_STORAGE: z.infer<typeof csiShape> = {
  className: 'vsphere', policy: '', datastoreUrl: '', reclaimPolicy: 'Delete', binding: 'WaitForFirstConsumer', expansion: 'allowed', isDefault: 'yes', logLevel: 'PRODUCTION', region: '', zone: '',
}

/** What the form begins with: a cluster has nodes that join, and volumes, without anything being typed. */
export const defaultAddOns = (): AddOns => ({
  cpi: { enabled: true, region: '', zone: '', version: '' },
  csi: { enabled: true, ...BARE_STORAGE },
  autoscaler: { enabled: false, version: '' },
  metrics: { enabled: false, scraper: '' },
  proxy: { enabled: false, url: '', noProxy: '' },
})

/** Those that are on, in the order in which they are installed. */
export function wantedAddOns({ cpi, csi, autoscaler, metrics, proxy }: AddOns): readonly AddOnSettings[] {
  const wanted: AddOnSettings[] = []
  if (cpi.enabled) wanted.push({ name: 'cpi', region: cpi.region.trim(), zone: cpi.zone.trim(), version: cpi.version.trim() })
  if (csi.enabled) {
    const { reclaimPolicy, binding, expansion, isDefault, logLevel } = csi
    wanted.push({ name: 'csi', className: csi.className.trim(), policy: csi.policy.trim(), datastoreUrl: csi.datastoreUrl.trim(), reclaimPolicy, binding, expansion, isDefault, logLevel, region: csi.region.trim(), zone: csi.zone.trim() })
  }
  if (autoscaler.enabled) wanted.push({ name: 'autoscaler', version: autoscaler.version.trim() })
  if (metrics.enabled) wanted.push({ name: 'metrics', scraper: metrics.scraper.trim() })
  if (proxy.enabled) wanted.push({ name: 'proxy', url: proxy.url.trim(), noProxy: proxy.noProxy.trim() })
  return wanted
}
