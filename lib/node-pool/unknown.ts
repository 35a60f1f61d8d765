import { dig, listIn, stringIn, textsIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { MAX_SIZE_ANNOTATION, MIN_SIZE_ANNOTATION } from '@/lib/manifests/autoscaler'
import { canonicalJson } from '@/lib/manifests/hash'
import { readNode } from '@/lib/node-config/read'
import { STANDARD_BOOTSTRAP } from '@/lib/node-config/standard'
import { deviceOf } from '@/lib/node-pool/device'
import { baseOf, bootstrapTemplateOf, healthCheckOf, type LivePool, machineTemplateOf } from '@/lib/node-pool/live'
import { liveDevices } from '@/lib/node-pool/networks'
import { TAINT_EFFECTS } from '@/lib/node-pool/spec'

/** What the model (or the cluster) says about an object, as paths; `*` is any index of a list. Both contracts in one list. */
type Known = readonly string[]
/** Fields that the portal always writes alike, or that the API server fills in: unknown only with another value. */
type Usual = readonly (readonly [path: string, ...values: unknown[]])[]

const DEPLOYMENT: Known = [
  'clusterName', 'replicas', 'selector', 'template.metadata.labels', 'template.spec.clusterName', 'template.spec.version', 'template.spec.failureDomain',
  'template.spec.bootstrap.configRef', 'template.spec.infrastructureRef',
  'rollout.after', 'rollout.strategy.type', 'rollout.strategy.rollingUpdate.maxSurge', 'rollout.strategy.rollingUpdate.maxUnavailable',
  'template.spec.deletion.nodeDrainTimeoutSeconds', 'template.spec.deletion.nodeVolumeDetachTimeoutSeconds', 'template.spec.deletion.nodeDeletionTimeoutSeconds',
  'rolloutAfter', 'strategy.type', 'strategy.rollingUpdate.maxSurge', 'strategy.rollingUpdate.maxUnavailable',
  'template.spec.nodeDrainTimeout', 'template.spec.nodeVolumeDetachTimeout', 'template.spec.nodeDeletionTimeout',
]
const DEPLOYMENT_USUAL: Usual = [['minReadySeconds', 0], ['progressDeadlineSeconds', 600], ['revisionHistoryLimit', 1]]

const MACHINE: Known = [
  'numCPUs', 'memoryMiB', 'diskGiB', 'template', 'datastore', 'folder', 'resourcePool', 'server', 'thumbprint', 'datacenter',
  'storagePolicyName',
].map((field) => `template.spec.${field}`)
const MACHINE_USUAL: Usual = [
  ['template.spec.cloneMode', 'fullClone'], ['template.spec.os', 'Linux'], ['template.spec.powerOffMode', 'trySoft'],
  ['template.spec.guestSoftPowerOffTimeoutSeconds', 120], ['template.spec.guestSoftPowerOffTimeout', '2m0s'],
]

/** Of a device whose addresses the form has words for; of another one, where they come from stays as it is. */
const SETTINGS: Known = ['networkName', 'nameservers', 'searchDomains', 'routes', 'mtu']
const SOURCE: Known = ['dhcp4', 'dhcp6', 'addressesFromPools', 'dhcp4Overrides.useRoutes', 'dhcp4Overrides.useDNS', 'dhcp6Overrides.useRoutes', 'dhcp6Overrides.useDNS']
const SOURCE_USUAL: Usual = [['dhcp4', false], ['dhcp6', false], ['skipIPAllocation', false]]

function deviceFields(template: KubeObject | null, deployment: string): { known: Known; usual: Usual } {
  const devices = liveDevices(template)
  const at = (index: number, field: string) => `template.spec.network.devices.${index}.${field}`
  return {
    known: devices.flatMap((device, index) => {
      const { network, addresses } = deviceOf(device, deployment, [])
      // A further one without a network, or with addresses of another kind, is not in the form at all.
      if (index > 0 && (network === '' || addresses === null)) return []
      return [...SETTINGS, ...(addresses === null ? [] : SOURCE)].map((field) => at(index, field))
    }),
    usual: devices.flatMap((_, index) => SOURCE_USUAL.map(([field, ...values]) => [at(index, field), ...values] as const)),
  }
}

const BOOTSTRAP: Known = ['joinConfiguration.nodeRegistration.taints', 'joinConfiguration.nodeRegistration.kubeletExtraArgs', 'preKubeadmCommands', 'postKubeadmCommands', 'files', 'users', 'ntp.servers'].map((field) => `template.spec.${field}`)
const BOOTSTRAP_USUAL: Usual = [
  ['template.spec.joinConfiguration.nodeRegistration.name', STANDARD_BOOTSTRAP.name],
  ['template.spec.joinConfiguration.nodeRegistration.criSocket', STANDARD_BOOTSTRAP.criSocket],
  ['template.spec.ntp.enabled', true],
  ['template.spec.format', 'cloud-config'],
]

const CHECK: Known = ['clusterName', 'selector', 'checks.nodeStartupTimeoutSeconds', 'checks.unhealthyNodeConditions', 'remediation.triggerIf.unhealthyLessThanOrEqualTo', 'nodeStartupTimeout', 'unhealthyConditions', 'maxUnhealthy']

/** Every field of a pool's objects that PoolSpec has no place for, `Kind path`, in the objects' order. */
export function unknownFields(live: LivePool): readonly string[] {
  const { deployment } = live
  const machine = machineTemplateOf(live)
  const bootstrap = bootstrapTemplateOf(live)
  const check = healthCheckOf(live)
  const devices = deviceFields(machine, baseOf(deployment))
  return [
    ...unknownIn(deployment, DEPLOYMENT, DEPLOYMENT_USUAL),
    ...halfAutoscaled(deployment),
    ...unknownIn(machine, [...MACHINE, ...devices.known], [...MACHINE_USUAL, ...devices.usual]),
    ...unknownIn(bootstrap, BOOTSTRAP, BOOTSTRAP_USUAL),
    ...oddTaints(bootstrap),
    ...readNode(dig(bootstrap, 'spec', 'template')).unknown.map((path) => `KubeadmConfigTemplate spec.template.spec.${path}`),
    ...unknownIn(check, CHECK, []),
    ...oddConditions(check),
  ]
}

function unknownIn(object: KubeObject | null, known: Known, usual: Usual): string[] {
  if (object === null) return []
  return [...walk(object.spec, '', known, usual)].map((path) => `${object.kind} spec.${path}`)
}

function* walk(value: unknown, at: string, known: Known, usual: Usual): Generator<string> {
  for (const [key, field] of Object.entries((value ?? {}) as object)) {
    const path = at === '' ? key : `${at}.${key}`
    // An API server fills v1beta1 up with empty structs.
    if (known.includes(path) || canonicalJson(field) === '{}') continue
    const values = usual.find(([name]) => name === path)?.slice(1)
    if (values?.some((expected) => canonicalJson(expected) === canonicalJson(field))) continue
    const leads = [...known, ...usual.map(([name]) => name)].some((name) => name.startsWith(`${path}.`))
    if (leads && typeof field === 'object') yield* walk(field, path, known, usual)
    else yield path
  }
}

/** One annotation of the autoscaler without the other, or none that can be read: neither fixed nor autoscaled. */
function halfAutoscaled(deployment: KubeObject): string[] {
  const annotations = textsIn(deployment.metadata, 'annotations')
  const there = [MIN_SIZE_ANNOTATION, MAX_SIZE_ANNOTATION].filter((name) => annotations[name] !== undefined)
  const whole = there.length === 2 && there.every((name) => /^\d{1,6}$/.test(annotations[name] ?? ''))
  return whole ? [] : there.map((name) => `${deployment.kind} metadata.annotations.${name}`)
}

/** A taint with more than key, value and effect, or an effect that nobody knows. */
function oddTaints(bootstrap: KubeObject | null): string[] {
  const path = ['spec', 'template', 'spec', 'joinConfiguration', 'nodeRegistration', 'taints']
  return listIn(bootstrap, ...path).flatMap((taint, index) => {
    const plain = stringIn(taint, 'key') !== null && TAINT_EFFECTS.some((effect) => effect === stringIn(taint, 'effect'))
    const fields = typeof taint === 'object' && taint !== null ? Object.keys(taint) : []
    return plain && fields.every((field) => ['key', 'value', 'effect'].includes(field)) ? [] : [`KubeadmConfigTemplate ${path.join('.')}.${index}`]
  })
}

/** The model has one wait for a Node that is not ready and for one that is unheard of. */
function oddConditions(check: KubeObject | null): string[] {
  return [['checks', 'unhealthyNodeConditions'], ['unhealthyConditions']].flatMap((path) => {
    const conditions = listIn(check, 'spec', ...path)
    if (conditions.length === 0) return []
    const waits = new Set(conditions.map((condition) => dig(condition, 'timeoutSeconds') ?? dig(condition, 'timeout')))
    const seen = conditions.map((condition) => `${stringIn(condition, 'type')}=${stringIn(condition, 'status')}`).sort()
    return waits.size === 1 && seen.join() === 'Ready=False,Ready=Unknown' ? [] : [`MachineHealthCheck spec.${path.join('.')}`]
  })
}
