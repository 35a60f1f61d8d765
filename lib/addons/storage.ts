import { csiConf, type VCenterAccess } from '@/lib/addons/config'
import { names } from '@/lib/addons/names'
import { asUser, CONFIG_DIR, configSecret, deployment, KUBECONFIG, kubeconfigMount, kubeconfigVolume, LOCKED_DOWN, type AddOnPlace, type Platform } from '@/lib/addons/objects'
import type { AddOnSettings } from '@/lib/addons/spec'
import { CSI_NAMESPACE, FEATURE_STATES } from '@/lib/addons/storage-node'
import { CSI_SIDECARS, CSI_VERSION } from '@/lib/addons/versions'
import type { KubeObject } from '@/lib/kubernetes/object'

const FILE = 'csi-vsphere.conf'
const SOCKET_DIR = '/csi'
type CsiSettings = Extract<AddOnSettings, { name: 'csi' }>

export const csiConfig = (place: AddOnPlace, settings: CsiSettings, { access, ca, clusterId, credentials }: { access: VCenterAccess; ca: string | null; clusterId: string; credentials: string }): KubeObject =>
  configSecret(place, 'csi', names.csiConfig(place.cluster), { file: FILE, text: csiConf(access, clusterId, settings), ca, credentials })

/** As the driver's own manifest says for topology. Before v5 the sidecar's gate is off by default. */
const TOPOLOGY = ['--feature-gates=Topology=true', '--strict-topology']

const socket = { name: 'socket-dir', mountPath: SOCKET_DIR }
/** Leases are in the tenant cluster: there the sidecars have rights, and there the Namespace is the driver's own. */
const election = (lease: number, renew: number, retry: number): readonly string[] => [
  '--leader-election', `--leader-election-namespace=${CSI_NAMESPACE}`, `--leader-election-lease-duration=${lease}s`,
  `--leader-election-renew-deadline=${renew}s`, `--leader-election-retry-period=${retry}s`,
]

function sidecar(name: string, image: string, args: readonly string[]) {
  return {
    name,
    image,
    args: [`--kubeconfig=${KUBECONFIG}`, `--csi-address=${SOCKET_DIR}/csi.sock`, '--timeout=300s', '--kube-api-qps=100', '--kube-api-burst=100', ...election(120, 60, 30), ...args],
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
    securityContext: LOCKED_DOWN,
    volumeMounts: [socket, kubeconfigMount],
  }
}

const environment = (logLevel: string, extra: Readonly<Record<string, string>>) =>
  Object.entries({
    ...extra,
    VSPHERE_CSI_CONFIG: `${CONFIG_DIR}/${FILE}`,
    LOGGER_LEVEL: logLevel,
    INCLUSTER_CLIENT_QPS: '100',
    INCLUSTER_CLIENT_BURST: '100',
    // In the tenant cluster, where the node part and its feature states are; not the Namespace of this Pod.
    CSI_NAMESPACE,
  }).map(([name, value]) => ({ name, value }))

function program(name: string, image: string, args: readonly string[], more: Readonly<Record<string, unknown>>) {
  return {
    name,
    image,
    args: [`--kubeconfig=${KUBECONFIG}`, `--fss-name=${FEATURE_STATES}`, `--fss-namespace=${CSI_NAMESPACE}`, ...args],
    resources: { requests: { cpu: '20m', memory: '64Mi' } },
    securityContext: { ...LOCKED_DOWN, readOnlyRootFilesystem: false },
    ...more,
  }
}

/**
 * The controller half of the vSphere CSI driver beside the control plane (vsphere-csi-driver manifests/vanilla, split as in the
 * Kamaji provider's templates/vsphere/capi-kamaji-vsphere-template-csi.yaml). Without the snapshotter, which wants CRDs and a
 * controller that nobody installs here.
 */
export function csiDeployment(place: AddOnPlace, settings: CsiSettings, { platform, config, credentials }: { platform: Platform; config: unknown; credentials: string }): KubeObject {
  const configMount = { name: 'vsphere-config', mountPath: CONFIG_DIR, readOnly: true }
  const of = (image: string): string => `${platform.registry}/${image}`
  return deployment(place, {
    name: names.csi(place.cluster),
    settings,
    config,
    credentials,
    replicas: 2,
    pod: {
      automountServiceAccountToken: false,
      securityContext: asUser(65532),
      containers: [
        sidecar('csi-attacher', of(CSI_SIDECARS.attacher), ['--worker-threads=100']),
        sidecar('csi-resizer', of(CSI_SIDECARS.resizer), ['--handle-volume-inuse-error=false']),
        program('vsphere-csi-controller', of(`csi-vsphere/driver:${CSI_VERSION}`), [], {
          env: environment(settings.logLevel, { CSI_ENDPOINT: `unix://${SOCKET_DIR}/csi.sock`, X_CSI_MODE: 'controller', X_CSI_SPEC_DISABLE_LEN_CHECK: 'true', X_CSI_SERIAL_VOL_ACCESS_TIMEOUT: '3m' }),
          ports: [{ name: 'healthz', containerPort: 9808, protocol: 'TCP' }, { name: 'prometheus', containerPort: 2112, protocol: 'TCP' }],
          livenessProbe: { httpGet: { path: '/healthz', port: 'healthz' }, initialDelaySeconds: 30, timeoutSeconds: 10, periodSeconds: 180, failureThreshold: 3 },
          volumeMounts: [configMount, socket, kubeconfigMount],
        }),
        {
          name: 'liveness-probe',
          image: of(CSI_SIDECARS.livenessProbe),
          args: [`--csi-address=${SOCKET_DIR}/csi.sock`],
          resources: { requests: { cpu: '10m', memory: '16Mi' } },
          securityContext: LOCKED_DOWN,
          volumeMounts: [socket],
        },
        program('vsphere-syncer', of(`csi-vsphere/syncer:${CSI_VERSION}`), election(30, 20, 10), {
          env: environment(settings.logLevel, { FULL_SYNC_INTERVAL_MINUTES: '30' }),
          ports: [{ name: 'prom-syncer', containerPort: 2113, protocol: 'TCP' }],
          volumeMounts: [configMount, kubeconfigMount],
        }),
        sidecar('csi-provisioner', of(CSI_SIDECARS.provisioner), ['--default-fstype=ext4', ...(settings.region === '' ? [] : TOPOLOGY)]),
      ],
      volumes: [
        { name: 'vsphere-config', secret: { secretName: names.csiConfig(place.cluster), defaultMode: 0o440 } },
        { name: 'socket-dir', emptyDir: {} },
        kubeconfigVolume(place),
      ],
    },
  }, platform)
}
