import { names } from '@/lib/addons/names'
import { asUser, deployment, KUBECONFIG, kubeconfigMount, kubeconfigVolume, LOCKED_DOWN, roleBinding, serviceAccount, type AddOnPlace, type Platform } from '@/lib/addons/objects'
import type { AddOnSettings } from '@/lib/addons/spec'
import { autoscalerVersionFor } from '@/lib/addons/versions'
import type { KubeObject } from '@/lib/kubernetes/object'

/** Of the chart (chart/rbac/add-ons.yaml): what the autoscaler may do in a tenant's Namespace. */
export const AUTOSCALER_ROLE = 'tenantry:cluster-autoscaler'
type AutoscalerSettings = Extract<AddOnSettings, { name: 'autoscaler' }>

export const autoscalerVersion = ({ version }: AutoscalerSettings, kubernetes: string): string => version || autoscalerVersionFor(kubernetes)

/**
 * The cluster autoscaler in the management cluster: pools by its own ServiceAccount, Pods and nodes by the tenant's kubeconfig
 * (kubernetes/autoscaler cluster-autoscaler/cloudprovider/clusterapi/README.md, "in management cluster ... with separate
 * workload cluster"). It looks at pools with both size annotations in this Namespace, of this cluster.
 */
export function autoscalerObjects(place: AddOnPlace, settings: AutoscalerSettings, { kubernetes, platform }: { kubernetes: string; platform: Platform }): readonly KubeObject[] {
  const name = names.autoscaler(place.cluster)
  const pod = {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    securityContext: asUser(65532),
    containers: [
      {
        name: 'cluster-autoscaler',
        image: `${platform.registry}/autoscaling/cluster-autoscaler:${autoscalerVersion(settings, kubernetes)}`,
        command: ['/cluster-autoscaler'],
        args: [
          '--v=2', '--cloud-provider=clusterapi', `--kubeconfig=${KUBECONFIG}`, '--clusterapi-cloud-config-authoritative',
          `--node-group-auto-discovery=clusterapi:namespace=${place.tenant},clusterName=${place.cluster}`,
        ],
        resources: { requests: { cpu: '50m', memory: '128Mi' } },
        securityContext: LOCKED_DOWN,
        volumeMounts: [kubeconfigMount],
      },
    ],
    volumes: [kubeconfigVolume(place)],
  }
  return [
    serviceAccount(place, 'autoscaler', name),
    roleBinding(place, 'autoscaler', name, AUTOSCALER_ROLE),
    // One: it elects a leader in the tenant cluster, but a second has nothing to do.
    deployment(place, { name, settings, config: null, credentials: null, replicas: 1, pod }, platform),
  ]
}
