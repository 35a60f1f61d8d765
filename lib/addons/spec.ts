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
  /** Name of the StorageClass in the tenant cluster. */
  className: z.string(),
  /** A storage policy by name, or the URL of a datastore; both empty: any datastore that all nodes reach. */
  policy: z.string(),
  datastoreUrl: z.string(),
})
export const autoscalerShape = z.object({
  /** As of CPI. */
  version: z.string(),
})

const enabled = { enabled: z.boolean() }
export const addOnsShape = z.object({ cpi: cpiShape.extend(enabled), csi: csiShape.extend(enabled), autoscaler: autoscalerShape.extend(enabled) })
export type AddOns = z.infer<typeof addOnsShape>
export type AddOnName = keyof AddOns

/** One add-on with its settings: what is installed, and what a Deployment of it remembers. */
export const addOnSettings = z.discriminatedUnion('name', [
  cpiShape.extend({ name: z.literal('cpi') }),
  csiShape.extend({ name: z.literal('csi') }),
  autoscalerShape.extend({ name: z.literal('autoscaler') }),
])
export type AddOnSettings = z.infer<typeof addOnSettings>

export const ADD_ONS = ['cpi', 'csi', 'autoscaler'] as const satisfies readonly AddOnName[]

/** What the form begins with: a cluster has nodes that join, and volumes, without anything being typed. */
export const defaultAddOns = (): AddOns => ({
  cpi: { enabled: true, region: '', zone: '', version: '' },
  csi: { enabled: true, className: 'vsphere', policy: '', datastoreUrl: '' },
  autoscaler: { enabled: false, version: '' },
})

/** Those that are on, in the order in which they are installed. */
export function wantedAddOns({ cpi, csi, autoscaler }: AddOns): readonly AddOnSettings[] {
  const wanted: AddOnSettings[] = []
  if (cpi.enabled) wanted.push({ name: 'cpi', region: cpi.region.trim(), zone: cpi.zone.trim(), version: cpi.version.trim() })
  if (csi.enabled) wanted.push({ name: 'csi', className: csi.className.trim(), policy: csi.policy.trim(), datastoreUrl: csi.datastoreUrl.trim() })
  if (autoscaler.enabled) wanted.push({ name: 'autoscaler', version: autoscaler.version.trim() })
  return wanted
}
