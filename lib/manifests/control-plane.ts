import { parse } from 'yaml'
import { type Advanced, NOTHING_ADVANCED } from '@/lib/cluster/advanced'
import { canonicalJson } from '@/lib/manifests/hash'

type Fields = Readonly<Record<string, unknown>>

/** Absent where there is nothing in it: an empty struct says something else than none. */
const filled = (field: string, value: unknown): Fields => (value === undefined || value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0) ? {} : { [field]: value })
const differing = (field: string, value: unknown, usual: unknown): Fields => (canonicalJson(value) === canonicalJson(usual) ? {} : { [field]: value })
const component = (name: string, extraArgs: readonly string[]): Fields => (extraArgs.length === 0 ? {} : { [name]: { extraArgs } })

/** A YAML text as Kubernetes' own field. @throws Error for what the rules refuse */
export const yamlField = (text: string): unknown => (text.trim() === '' ? undefined : (parse(text) as unknown))

/**
 * What a KamajiControlPlane's spec has besides the usual; nothing where all is usual.
 * @param dns of the cluster's DNS Service. With CoreDNS on its address stands under the addon, and else under the network
 * (kamajicontrolplane_controller_tcp.go overwrites the one by the other)
 */
export function advancedFields({ extraArgs, dataStore, addons, kubelet, deployment }: Advanced, dns: string | null): Fields {
  return {
    ...filled('dataStoreName', dataStore.name),
    addons: {
      // Present but empty means "on, with defaults".
      ...(addons.coreDNS ? { coreDNS: dns === null ? {} : { dnsServiceIPs: [dns] } } : {}),
      ...(addons.kubeProxy ? { kubeProxy: {} } : {}),
      ...(addons.konnectivity ? { konnectivity: {} } : {}),
    },
    ...component('apiServer', extraArgs.apiServer),
    ...component('controllerManager', extraArgs.controllerManager),
    ...component('scheduler', extraArgs.scheduler),
    ...differing('kubelet', kubelet, NOTHING_ADVANCED.kubelet),
    ...filled('deployment', {
      ...filled('nodeSelector', deployment.nodeSelector),
      ...filled('additionalMetadata', { ...filled('labels', deployment.labels), ...filled('annotations', deployment.annotations) }),
      ...filled('podAdditionalMetadata', { ...filled('labels', deployment.podLabels), ...filled('annotations', deployment.podAnnotations) }),
      ...filled('affinity', yamlField(deployment.affinity)),
      ...filled('tolerations', yamlField(deployment.tolerations)),
      ...filled('topologySpreadConstraints', yamlField(deployment.topologySpread)),
    }),
  }
}

/** The network's part, with the address where one is fixed. */
export const networkFields = ({ service, certSANs, addons }: Advanced, host: string | null, dns: string | null): Fields => ({
  serviceType: service.type,
  ...filled('serviceAddress', host ?? ''),
  ...filled('serviceAnnotations', service.annotations),
  ...filled('serviceLabels', service.labels),
  ...filled('certSANs', certSANs),
  ...(addons.coreDNS || dns === null ? {} : { dnsServiceIPs: [dns] }),
})
