import { autoscalerObjects } from '@/lib/addons/autoscaler'
import { cpiConfig, cpiDeployment } from '@/lib/addons/cloud-provider'
import type { VCenterAccess } from '@/lib/addons/config'
import { metricsObjects } from '@/lib/addons/metrics'
import { CA_FILE, CONFIG_DIR, type AddOnPlace } from '@/lib/addons/objects'
import type { AddOnSettings } from '@/lib/addons/spec'
import { podProxyObjects } from '@/lib/addons/pod-proxy'
import { csiConfig, csiDeployment } from '@/lib/addons/storage'
import { csiTenantObjects } from '@/lib/addons/storage-node'
import { DEFAULT_REGISTRY } from '@/lib/addons/versions'
import type { VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'

/** What an add-on is made from, beside its settings. */
export interface AddOnContext extends AddOnPlace {
  /** Of the control plane: `v1.35.2`. */
  readonly kubernetes: string
  readonly offer: VSphereOffer
  readonly datacenter: string
  /** Of the Cluster: a cluster made anew under the name must not take over the volumes of the old one. */
  readonly clusterId: string
  /** null: for looking at; Secrets are left out. `version` says which state of the identity's Secret this is. */
  readonly signIn: { readonly username: string; readonly password: string; readonly version: string } | null
  /** Of the API server, in the control plane's Pods. */
  readonly apiPort: number
  /** Whether the management cluster has the kind ServiceMonitor. */
  readonly serviceMonitors: boolean
  /** Sixteen small letters and digits, with which metrics are read; null as of `signIn`. */
  readonly scrapeSecret: string | null
}

/**
 * An add-on as objects of the tenant's Namespace, in the order in which they are applied: what is mounted comes first. Pure: the same
 * settings give the same objects.
 */
export function renderAddOn(settings: AddOnSettings, context: AddOnContext): readonly KubeObject[] {
  const { tenant, cluster, kubernetes, offer, datacenter, clusterId, signIn } = context
  const place = { tenant, cluster }
  const platform = { registry: offer.registry ?? DEFAULT_REGISTRY, pods: offer.addOnPods ?? {} }
  if (settings.name === 'autoscaler') return autoscalerObjects(place, settings, { kubernetes, platform })
  if (settings.name === 'metrics') return metricsObjects(place, settings, { ...context, platform: offer.metrics ?? {} })
  if (settings.name === 'proxy') return podProxyObjects(place, settings, kubernetes)
  const ca = offer.ca ?? null
  const access: VCenterAccess | null = signIn && { server: offer.server, thumbprint: offer.thumbprint ?? null, caFile: ca && `${CONFIG_DIR}/${CA_FILE}`, datacenter, username: signIn.username, password: signIn.password }
  const credentials = signIn?.version ?? ''
  // All that is in the file, but for the sign-in itself.
  const config = { server: offer.server, thumbprint: offer.thumbprint ?? null, ...(ca === null ? {} : { ca }), datacenter }
  const { region, zone } = settings
  if (settings.name === 'cpi') {
    return [...(access ? [cpiConfig(place, settings, { access, ca, credentials })] : []), cpiDeployment(place, settings, { kubernetes, platform, config: { ...config, region, zone }, credentials })]
  }
  return [
    ...(access ? [csiConfig(place, settings, { access, ca, clusterId, credentials })] : []),
    ...csiTenantObjects(place, settings, platform),
    csiDeployment(place, settings, { platform, config: { ...config, clusterId, ...(region === '' ? {} : { region, zone }) }, credentials }),
  ]
}
