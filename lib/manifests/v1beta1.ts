import { dig, groupOf, listIn, numberIn, recordIn, stringIn, versionOf, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { API } from '@/lib/manifests/labels'

/** Which version of each group a management cluster serves. Each provider has its own: an older CAPV beside a newer Cluster API. */
export interface Contract {
  /** cluster.x-k8s.io */
  readonly cluster: 'v1beta1' | 'v1beta2'
  readonly bootstrap: 'v1beta1' | 'v1beta2'
  readonly infrastructure: 'v1beta1' | 'v1beta2'
  readonly controlPlane: 'v1alpha1' | 'v1alpha2'
}

export const NEWEST: Contract = { cluster: 'v1beta2', bootstrap: 'v1beta2', infrastructure: 'v1beta2', controlPlane: 'v1alpha2' }
/** Cluster API 1.10, CAPV 1.13 to 1.15 and Kamaji's provider up to 0.19. */
export const OLDER: Contract = { cluster: 'v1beta1', bootstrap: 'v1beta1', infrastructure: 'v1beta1', controlPlane: 'v1alpha1' }

type Spec = Readonly<Record<string, unknown>>
type Path = readonly (string | number)[]

/**
 * An object that was rendered in contract v1beta2, in the version that is served. What is in the served version already (a
 * template patched from a live one) and what no contract has changed (the address pools) comes back as it is. Fields are
 * moved as Cluster API's and CAPV's own conversions move them (api/core/v1beta1/conversion.go, api/govmomi/v1beta1).
 * @throws NoPlace for a field that the older version has no place for, rather than lose it
 */
export function toContract(object: KubeObject, contract: Contract): KubeObject {
  const owned = withOwnersIn(object, contract)
  const group = groupOf(object)
  const served = Object.keys(API).flatMap((key) => (key !== 'ipam' && groupOf({ apiVersion: API[key as keyof Contract] }) === group ? [contract[key as keyof Contract]] : []))[0]
  if (served === undefined || served === versionOf(object) || served === 'v1beta2' || served === 'v1alpha2') return owned
  const spec = DOWN[object.kind]?.(recordIn(object, 'spec'), contract, object.metadata.namespace ?? '')
  return { ...owned, apiVersion: `${group}/${served}`, ...(spec === undefined ? {} : { spec }) }
}

/** `field` is its path in the object that was to be written. */
export class NoPlace extends Error {
  constructor(readonly field: string, message: string) {
    super(message)
  }
}

/** Garbage collection resolves an owner by the version in its reference: one that is not served would hold every deletion. */
function withOwnersIn(object: KubeObject, contract: Contract): KubeObject {
  const owners = object.metadata.ownerReferences
  if (owners === undefined) return object
  const ownerReferences = owners.map((owner) => (owner.apiVersion === API.cluster ? { ...owner, apiVersion: `${groupOf(owner)}/${contract.cluster}` } : owner))
  return { ...object, metadata: { ...object.metadata, ownerReferences } }
}

/** What Kamaji's chart calls its first datastore. */
const DATASTORE = 'default'

/** Kinds whose fields differ. */
const DOWN: Readonly<Record<string, (spec: Spec, contract: Contract, namespace: string) => Spec>> = {
  Cluster: (spec, contract, namespace) => referred(referred(spec, ['controlPlaneRef'], contract, namespace), ['infrastructureRef'], contract, namespace),
  KamajiControlPlane: kamajiControlPlane,
  MachineDeployment: machineDeployment,
  MachineHealthCheck: healthCheck,
  KubeadmConfigTemplate: (spec) => {
    const path = ['template', 'spec', 'joinConfiguration', 'nodeRegistration', 'kubeletExtraArgs']
    const args = listIn(spec, ...path)
    return args.length === 0 ? spec : withAt(spec, path, Object.fromEntries(args.map((arg) => [stringIn(arg, 'name') ?? '', String(dig(arg, 'value') ?? '')])))
  },
  VSphereMachineTemplate: (spec) => moved(moved(spec, ['template', 'spec', 'guestSoftPowerOffTimeoutSeconds'], ['template', 'spec', 'guestSoftPowerOffTimeout'], duration), ['template', 'spec', 'naming'], ['template', 'spec', 'namingStrategy']),
}

/** What v1alpha1 of the KamajiControlPlane does not have (the CRDs of provider v0.11 and v0.20), as far as the portal writes it. */
const NEW_IN_V1ALPHA2 = ['dataStoreSchema', 'dataStoreUsername']

function kamajiControlPlane(spec: Spec): Spec {
  const lost = NEW_IN_V1ALPHA2.find((field) => spec[field] !== undefined)
  if (lost !== undefined) throw new NoPlace(`spec.${lost}`, `v1alpha1 has no place for ${lost}`)
  // Without one Kamaji fills in its default, and the older provider empties it at its next look: "DataStore is a required field", and
  // the control plane is never set up (provider v0.11 kamajicontrolplane_controller_tcp.go, Kamaji v1.0 tcp_defaults.go).
  const named = { ...spec, dataStoreName: spec['dataStoreName'] ?? DATASTORE }
  const [dns] = listIn(named, 'network', 'dnsServiceIPs')
  if (dns === undefined) return named
  if (dns !== KAMAJI_DNS) throw new NoPlace('spec.network.dnsServiceIPs', noDnsWords(String(dns)))
  return withAt(named, ['network', 'dnsServiceIPs'], undefined)
}

/**
 * What Kamaji writes into every kubelet's settings where nobody says an address (Kamaji v1.0.0 tenantcontrolplane_types.go, default of
 * dnsServiceIPs). Provider v0.11 says none while CoreDNS is off (kamajicontrolplane_controller_tcp.go).
 */
export const KAMAJI_DNS = '10.96.0.10'

export const noDnsWords = (address: string): string =>
  `Without CoreDNS this management cluster’s older Kamaji provider tells machines to ask ${KAMAJI_DNS} for names, which is not ${address} of this cluster’s service network. Leave CoreDNS on; in a new cluster, a service network that begins with 10.96.0.0 works too.`

function machineDeployment(from: Spec, contract: Contract, namespace: string): Spec {
  let spec = moved(from, ['rollout', 'strategy'], ['strategy'])
  spec = moved(spec, ['rollout', 'after'], ['rolloutAfter'])
  spec = moved(spec, ['deletion', 'order'], ['strategy', 'rollingUpdate', 'deletePolicy'])
  spec = moved(spec, ['remediation'], ['strategy', 'remediation'])
  spec = moved(spec, ['machineNaming'], ['machineNamingStrategy'])
  spec = moved(spec, ['template', 'spec', 'minReadySeconds'], ['minReadySeconds'])
  for (const timeout of ['nodeDrainTimeout', 'nodeVolumeDetachTimeout', 'nodeDeletionTimeout']) {
    spec = moved(spec, ['template', 'spec', 'deletion', `${timeout}Seconds`], ['template', 'spec', timeout], duration)
  }
  spec = emptied(emptied(emptied(spec, ['rollout']), ['deletion']), ['template', 'spec', 'deletion'])
  return referred(referred(spec, ['template', 'spec', 'bootstrap', 'configRef'], contract, namespace), ['template', 'spec', 'infrastructureRef'], contract, namespace)
}

function healthCheck(from: Spec): Spec {
  const conditions = (path: readonly string[]) => {
    const list = listIn(from, ...path)
    return list.length === 0 ? undefined : list.map((condition) => ({ type: dig(condition, 'type'), status: dig(condition, 'status'), timeout: duration(dig(condition, 'timeoutSeconds')) }))
  }
  let spec = moved(from, ['checks', 'unhealthyNodeConditions'], ['unhealthyConditions'], () => conditions(['checks', 'unhealthyNodeConditions']))
  spec = moved(spec, ['checks', 'unhealthyMachineConditions'], ['unhealthyMachineConditions'], () => conditions(['checks', 'unhealthyMachineConditions']))
  spec = moved(spec, ['checks', 'nodeStartupTimeoutSeconds'], ['nodeStartupTimeout'], duration)
  spec = moved(spec, ['remediation', 'triggerIf', 'unhealthyLessThanOrEqualTo'], ['maxUnhealthy'])
  spec = moved(spec, ['remediation', 'triggerIf', 'unhealthyInRange'], ['unhealthyRange'])
  spec = moved(spec, ['remediation', 'templateRef'], ['remediationTemplate'])
  return emptied(emptied(emptied(spec, ['checks']), ['remediation', 'triggerIf']), ['remediation'])
}

/** The value at another path; absent stays absent. */
function moved(spec: Spec, from: Path, to: Path, change: (value: unknown) => unknown = (value) => value): Spec {
  const value = dig(spec, ...from.map(String))
  return value === undefined ? spec : withAt(withAt(spec, from, undefined), to, change(value))
}

/** Takes away a struct from which everything was moved. */
function emptied(spec: Spec, path: Path): Spec {
  const value = dig(spec, ...path.map(String))
  if (value === undefined) return spec
  if (Object.keys(value as object).length > 0) throw new NoPlace(`spec.${path.join('.')}`, `v1beta1 has no place for ${path.join('.')}.${Object.keys(value as object).join(', ')}`)
  return withAt(spec, path, undefined)
}

/** A reference by group as one with a version. Namespace and version are what the API server itself would fill in. */
function referred(spec: Spec, path: Path, contract: Contract, namespace: string): Spec {
  const text = path.map(String)
  const apiGroup = stringIn(spec, ...text, 'apiGroup')
  if (apiGroup === null) return spec
  const key = (Object.keys(API) as (keyof typeof API)[]).find((name) => groupOf({ apiVersion: API[name] }) === apiGroup)
  if (key === undefined || key === 'ipam') throw new Error(`No served version is known for the group ${apiGroup}`)
  return withAt(spec, path, { apiVersion: `${apiGroup}/${contract[key]}`, kind: stringIn(spec, ...text, 'kind'), name: stringIn(spec, ...text, 'name'), ...(namespace === '' ? {} : { namespace }) })
}

/** Seconds as a Go duration, spelled as Go prints it (`10m0s`): another spelling would look like a change. */
export function duration(seconds: unknown): string | undefined {
  const whole = numberIn({ seconds }, 'seconds')
  if (whole === null) return undefined
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`
}
