import { CONFIG_ANNOTATION, names } from '@/lib/addons/names'
import { tenantObjects, type AddOnPlace } from '@/lib/addons/objects'
import type { AddOnSettings } from '@/lib/addons/spec'
import { CSI_SIDECARS, CSI_VERSION } from '@/lib/addons/versions'
import type { KubeObject } from '@/lib/kubernetes/object'
import { contentHash } from '@/lib/manifests/hash'

/** In the tenant cluster. */
export const CSI_NAMESPACE = 'vmware-system-csi'
export const FEATURE_STATES = 'internal-feature-states.csi.vsphere.vmware.com'
const DRIVER = 'csi.vsphere.vmware.com'
const NODE = 'vsphere-csi-node'
const PLUGIN_DIR = `/var/lib/kubelet/plugins/${DRIVER}`
const RBAC = 'rbac.authorization.k8s.io'
type CsiSettings = Extract<AddOnSettings, { name: 'csi' }>

/** The half of the driver that runs on the machines, and the StorageClass, each a part of one ClusterResourceSet. No secret among them. */
export const csiTenantObjects = (place: AddOnPlace, settings: CsiSettings, { registry }: { registry: string }): readonly KubeObject[] =>
  tenantObjects(place, 'csi', names.csiNode(place.cluster), [
    { name: names.csiNode(place.cluster), objects: [namespace(), csiDriver(), ...access(), featureStates(), nodeDaemonSet(registry, settings)] },
    { name: names.csiClass(place.cluster), objects: settings.className === '' ? [] : [storageClass(settings)] },
  ])

/** Privileged by Pod Security: the node part mounts disks for Pods. */
const namespace = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: CSI_NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
})

const csiDriver = (): KubeObject => ({ apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: DRIVER }, spec: { attachRequired: true, podInfoOnMount: false } })

/** The driver reads its switches from here; what is not listed has the driver's default. */
const featureStates = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: FEATURE_STATES, namespace: CSI_NAMESPACE },
  data: { 'trigger-csi-fullsync': 'false', 'pv-to-backingdiskobjectid-mapping': 'false' },
})

function access(): readonly KubeObject[] {
  const subjects = [{ kind: 'ServiceAccount', name: NODE, namespace: CSI_NAMESPACE }]
  const role = 'vsphere-csi-node-role'
  const clusterRole = 'vsphere-csi-node-cluster-role'
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NODE, namespace: CSI_NAMESPACE } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: clusterRole },
      rules: [
        { apiGroups: ['cns.vmware.com'], resources: ['csinodetopologies'], verbs: ['create', 'watch', 'get', 'patch'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
      ],
    },
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `${clusterRole}-binding` }, subjects, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: clusterRole } },
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: role, namespace: CSI_NAMESPACE }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }] },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name: 'vsphere-csi-node-binding', namespace: CSI_NAMESPACE }, subjects, roleRef: { apiGroup: RBAC, kind: 'Role', name: role } },
  ]
}

const hostPath = (name: string, path: string, type?: string) => ({ name, hostPath: { path, ...(type === undefined ? {} : { type }) } })

function nodeDaemonSet(registry: string, { region, zone, logLevel }: CsiSettings): KubeObject {
  const labels = { app: NODE, role: 'vsphere-csi' }
  const pluginMount = { name: 'plugin-dir', mountPath: '/csi' }
  const registration = `${PLUGIN_DIR}/csi.sock`
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NODE, namespace: CSI_NAMESPACE },
    spec: {
      selector: { matchLabels: { app: NODE } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        // A node says where it is when its Pod starts: other categories replace the Pods.
        metadata: { labels, ...(region === '' ? {} : { annotations: { [CONFIG_ANNOTATION]: contentHash({ region, zone }) } }) },
        spec: {
          priorityClassName: 'system-node-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          serviceAccountName: NODE,
          hostNetwork: true,
          dnsPolicy: 'ClusterFirstWithHostNet',
          tolerations: [{ operator: 'Exists', effect: 'NoExecute' }, { operator: 'Exists', effect: 'NoSchedule' }],
          containers: [
            {
              name: 'node-driver-registrar',
              image: `${registry}/${CSI_SIDECARS.registrar}`,
              args: ['--v=5', '--csi-address=/csi/csi.sock', `--kubelet-registration-path=${registration}`],
              volumeMounts: [pluginMount, { name: 'registration-dir', mountPath: '/registration' }],
              livenessProbe: { exec: { command: ['/csi-node-driver-registrar', `--kubelet-registration-path=${registration}`, '--mode=kubelet-registration-probe'] }, initialDelaySeconds: 3 },
            },
            {
              name: NODE,
              image: `${registry}/csi-vsphere/driver:${CSI_VERSION}`,
              args: [`--fss-name=${FEATURE_STATES}`, `--fss-namespace=${CSI_NAMESPACE}`],
              env: [
                { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
                ...Object.entries({
                  CSI_ENDPOINT: 'unix:///csi/csi.sock',
                  MAX_VOLUMES_PER_NODE: '59',
                  X_CSI_MODE: 'node',
                  X_CSI_SPEC_REQ_VALIDATION: 'false',
                  X_CSI_SPEC_DISABLE_LEN_CHECK: 'true',
                  LOGGER_LEVEL: logLevel,
                  CSI_NAMESPACE,
                  NODEGETINFO_WATCH_TIMEOUT_MINUTES: '1',
                }).map(([name, value]) => ({ name, value })),
              ],
              securityContext: { privileged: true, allowPrivilegeEscalation: true, capabilities: { add: ['SYS_ADMIN'] } },
              volumeMounts: [
                pluginMount,
                { name: 'pods-mount-dir', mountPath: '/var/lib/kubelet', mountPropagation: 'Bidirectional' },
                { name: 'device-dir', mountPath: '/dev' },
                { name: 'blocks-dir', mountPath: '/sys/block' },
                { name: 'sys-devices-dir', mountPath: '/sys/devices' },
              ],
              ports: [{ name: 'healthz', containerPort: 9808, protocol: 'TCP' }],
              livenessProbe: { httpGet: { path: '/healthz', port: 'healthz' }, initialDelaySeconds: 10, timeoutSeconds: 5, periodSeconds: 5, failureThreshold: 3 },
            },
            { name: 'liveness-probe', image: `${registry}/${CSI_SIDECARS.livenessProbe}`, args: ['--csi-address=/csi/csi.sock'], volumeMounts: [pluginMount] },
          ],
          volumes: [
            hostPath('registration-dir', '/var/lib/kubelet/plugins_registry', 'Directory'),
            hostPath('plugin-dir', PLUGIN_DIR, 'DirectoryOrCreate'),
            hostPath('pods-mount-dir', '/var/lib/kubelet', 'Directory'),
            hostPath('device-dir', '/dev'),
            hostPath('blocks-dir', '/sys/block', 'Directory'),
            hostPath('sys-devices-dir', '/sys/devices', 'Directory'),
          ],
        },
      },
    },
  }
}

/** What cannot be changed of it is in lib/addons/rules.ts, storageClassProblems. */
function storageClass({ className, policy, datastoreUrl, reclaimPolicy, binding, expansion, isDefault }: CsiSettings): KubeObject {
  const parameters = { ...(policy === '' ? {} : { storagepolicyname: policy }), ...(datastoreUrl === '' ? {} : { datastoreurl: datastoreUrl }) }
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: className, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault === 'yes') } },
    provisioner: DRIVER,
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    reclaimPolicy,
    volumeBindingMode: binding,
    allowVolumeExpansion: expansion === 'allowed',
  }
}
