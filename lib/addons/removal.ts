import { names } from '@/lib/addons/names'
import type { AddOnName } from '@/lib/addons/spec'

/** All that an add-on has in the tenant's Namespace; first what runs. What is in the tenant cluster stays there. */
export function objectsOfAddOn(addOn: AddOnName, cluster: string): readonly { readonly kind: 'Deployment' | 'Secret' | 'ConfigMap' | 'ServiceAccount' | 'RoleBinding' | 'ClusterResourceSet' | 'Service' | 'ServiceMonitor'; readonly name: string }[] {
  switch (addOn) {
    case 'cpi':
      return [{ kind: 'Deployment', name: names.cpi(cluster) }, { kind: 'Secret', name: names.cpiConfig(cluster) }]
    case 'csi':
      return [
        { kind: 'Deployment', name: names.csi(cluster) },
        { kind: 'Secret', name: names.csiConfig(cluster) },
        { kind: 'ClusterResourceSet', name: names.csiNode(cluster) },
        { kind: 'ConfigMap', name: names.csiNode(cluster) },
        { kind: 'ConfigMap', name: names.csiClass(cluster) },
      ]
    case 'autoscaler':
      return [{ kind: 'Deployment', name: names.autoscaler(cluster) }, { kind: 'RoleBinding', name: names.autoscaler(cluster) }, { kind: 'ServiceAccount', name: names.autoscaler(cluster) }]
    case 'metrics':
      return [
        { kind: 'ServiceMonitor', name: names.metrics(cluster) },
        { kind: 'ClusterResourceSet', name: names.metrics(cluster) },
        { kind: 'ConfigMap', name: names.metricsAccess(cluster) },
        { kind: 'Secret', name: names.metricsAccess(cluster) },
        { kind: 'Secret', name: names.metricsToken(cluster) },
        { kind: 'RoleBinding', name: names.metrics(cluster) },
        { kind: 'Service', name: names.metrics(cluster) },
      ]
    case 'proxy':
      return [{ kind: 'ClusterResourceSet', name: names.proxy(cluster) }, { kind: 'ConfigMap', name: names.proxy(cluster) }]
  }
}
