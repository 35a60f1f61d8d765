import { cleanLine } from '@/lib/text'

/** A person reads the cause, not the chain of wrappers in front of it. */
export function cause(message: string): string {
  const denied = message.lastIndexOf('denied the request: ')
  return cleanLine(denied >= 0 ? message.slice(denied + 'denied the request: '.length) : message).replace(/[.\s]+$/, '')
}

/** vCenter answered, and refused: its own words, and those of the simulator ("Login failure"). */
export const refusesSignIn = (message: string): boolean => /incorrect user name or password|cannot complete login|InvalidLogin|401 unauthorized|: Login failure/i.test(message)

/**
 * What CAPV's VCenterAvailable=False says, in plain words (its pkg/identity/identity.go and pkg/session/session.go; the sign-in
 * text is vCenter's own). Unknown texts are shown as they are.
 */
export function plainVCenter(message: string, identity: string | null, server: string | null): string {
  const who = identity === null ? 'The vSphere identity' : `The vSphere identity ${identity}`
  const where = server === null ? 'vCenter' : `vCenter ${server}`
  if (refusesSignIn(message)) {
    return `${who} cannot sign in to vCenter: its user name or password is wrong or has expired`
  }
  if (/(?:not|no namespaces are) allowed to use/i.test(message)) return `${who} may not be used in this tenant`
  if (/identity isn't ready|identity.*not ready/i.test(message)) return `${who} is not ready yet`
  if (/not found/i.test(message) && /identity|secret/i.test(message)) return `${who} or its password is gone`
  if (/x509|certificate|thumbprint/i.test(message)) return `${where} shows another certificate than expected`
  if (/no such host|connection refused|timeout|timed out|deadline exceeded|unreachable|EOF|connection reset/i.test(message)) return `${where} does not answer`
  return `${where} cannot be used: ${cause(message)}`
}

/** What govmomi's finder calls a thing ("network 'x' not found") and CAPV's wrappers ("unable to find network "x""), as people call it. */
const INVENTORY: Readonly<Record<string, string>> = { vm: 'VM template', 'virtual machine': 'VM template', template: 'VM template', 'compute resource': 'compute cluster', cluster: 'compute cluster' }
const MISSING = /(datacenter|datastore cluster|datastore|network|resource pool|folder|virtual machine|vm|host|compute resource|cluster) '([^']{1,200})' not found/i
const UNFOUND = /unable to (?:find|get) (datacenter|datastore|network|resource pool|folder|template)(?: by name)? "([^"]{1,200})"/i
/** `for "infrastructure.cluster.x-k8s.io/v1beta2, Kind=VSphereVM team/name"`: the sentence has named the machine already. */
const OBJECT = / for "?[\w.-]{1,80}\/\w{1,20}, Kind=\w{1,60} [\w.\/-]{1,300}"?/g

/** Why vCenter did not make or start a VM: the thing that is missing by its name, or vCenter's own words. */
export function plainVm(message: string, act: 'clone it' | 'power it on'): string {
  const missing = MISSING.exec(message) ?? UNFOUND.exec(message)
  if (missing !== null) {
    const kind = (missing[1] ?? '').toLowerCase()
    return `vSphere has no ${INVENTORY[kind] ?? kind} ${cleanLine(missing[2], 80)}`
  }
  return `vCenter could not ${act}: ${cause(message.replace(OBJECT, ''))}`
}

/** Kamaji's words for a TenantControlPlane, from its provider's "TenantControlPlane in NotReady status". */
export function plainControlPlane(message: string): string {
  const state = /TenantControlPlane in (\w{1,40}) status/.exec(message)?.[1]
  switch (state) {
    case undefined:
      return message === '' ? 'The control plane is not ready' : `The control plane is not ready: ${cause(message)}`
    case 'Provisioning':
      return 'The control plane is starting'
    case 'CertificateAuthorityRotating':
      return 'The control plane is getting a new certificate authority'
    case 'Migrating':
      return 'The control plane is moving to another datastore'
    case 'Sleeping':
      return 'The control plane is switched off: it has no replicas'
    case 'WriteLimited':
      return 'The control plane takes no writes: its datastore is full'
    default:
      return 'The control plane is not ready'
  }
}

/** Why Cluster API holds back a pool's machines (cluster-api internal/controllers/machineset/machineset_preflight.go). */
export function plainPreflight(message: string): { readonly held: string; readonly needsYou: boolean } | null {
  if (/"KubeadmVersionSkew"|"KubernetesVersionSkew"/.test(message)) {
    return { held: 'its version no longer fits the control plane’s; upgrade the pool', needsYou: true }
  }
  if (/"ControlPlaneIsStable"|"ControlPlaneVersionSkew"/.test(message)) return { held: 'it waits for the control plane', needsYou: false }
  const missing = /\b(\w{1,60}) does(?: not|n't) exist|because (\w{1,60}) (?:does|do) not exist/.exec(message)
  if (missing !== null) return { held: `its ${missing[1] ?? missing[2] ?? 'template'} is gone`, needsYou: true }
  return null
}
