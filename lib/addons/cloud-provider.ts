import { vsphereConf, type VCenterAccess } from '@/lib/addons/config'
import { names } from '@/lib/addons/names'
import { asUser, CONFIG_DIR, configSecret, deployment, KUBECONFIG, kubeconfigMount, kubeconfigVolume, LOCKED_DOWN, type AddOnPlace, type Platform } from '@/lib/addons/objects'
import type { AddOnSettings } from '@/lib/addons/spec'
import { cpiVersionFor } from '@/lib/addons/versions'
import type { KubeObject } from '@/lib/kubernetes/object'

const FILE = 'vsphere.conf'
type CpiSettings = Extract<AddOnSettings, { name: 'cpi' }>

export const cpiVersion = ({ version }: CpiSettings, kubernetes: string): string => version || cpiVersionFor(kubernetes)

export const cpiConfig = (place: AddOnPlace, settings: CpiSettings, { access, ca, credentials }: { access: VCenterAccess; ca: string | null; credentials: string }): KubeObject =>
  configSecret(place, 'cpi', names.cpiConfig(place.cluster), { file: FILE, text: vsphereConf(access, settings), ca, credentials })

/**
 * The vSphere cloud controller manager beside the control plane, as Kamaji's guide has it, with the tolerations of that guide and
 * no affinity: the management cluster's nodes need not be control-plane nodes. It asks the tenant's API alone, also for
 * authentication, so it has no token of the management cluster and needs no binding in its kube-system (the chart makes one).
 */
export function cpiDeployment(place: AddOnPlace, settings: CpiSettings, { kubernetes, platform, config, credentials }: { kubernetes: string; platform: Platform; config: unknown; credentials: string }): KubeObject {
  return deployment(place, {
    name: names.cpi(place.cluster),
    settings,
    config,
    credentials,
    replicas: 2,
    pod: {
      automountServiceAccountToken: false,
      securityContext: asUser(1001),
      tolerations: [
        { key: 'node.cloudprovider.kubernetes.io/uninitialized', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
        { key: 'node.cluster.x-k8s.io/uninitialized', operator: 'Exists', effect: 'NoSchedule' },
      ],
      containers: [
        {
          name: 'vsphere-cloud-controller-manager',
          image: `${platform.registry}/cloud-pv-vsphere/cloud-provider-vsphere:${cpiVersion(settings, kubernetes)}`,
          args: [
            '--v=2', '--cloud-provider=vsphere', `--cloud-config=${CONFIG_DIR}/${FILE}`, `--kubeconfig=${KUBECONFIG}`,
            `--authentication-kubeconfig=${KUBECONFIG}`, `--authorization-kubeconfig=${KUBECONFIG}`, '--leader-elect=true',
          ],
          resources: { requests: { cpu: '50m', memory: '64Mi' } },
          // Its own serving certificate is written to disk: not read-only.
          securityContext: { ...LOCKED_DOWN, readOnlyRootFilesystem: false },
          volumeMounts: [{ name: 'vsphere-config', mountPath: CONFIG_DIR, readOnly: true }, kubeconfigMount],
        },
      ],
      volumes: [{ name: 'vsphere-config', secret: { secretName: names.cpiConfig(place.cluster), defaultMode: 0o440 } }, kubeconfigVolume(place)],
    },
  }, platform)
}
