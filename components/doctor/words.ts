import type { Cause, Finding } from '@/lib/doctor/finding'

/** "The first cause is ...". */
const CALLED: Readonly<Record<Cause, string>> = {
  paused: 'a pause', 'before-delete-hook': 'an extension of the platform', 'pre-drain-hook': 'a hook', drain: 'the drain of a machine', 'volume-detach': 'volumes that are attached', 'pre-terminate-hook': 'a hook',
  'credentials-gone': 'the vSphere identity', 'credentials-refused': 'the vSphere identity', 'vcenter-away': 'vCenter', template: 'the VM template', infrastructure: 'vSphere',
  address: 'an address', bootstrap: 'start-up data', node: 'a machine that has not joined', 'address-claims': 'an address', 'pool-protection': 'the address pool',
  'control-plane': 'the control plane', datastore: 'the datastore', 'foreign-protection': 'a protection of others', 'controller-error': 'an error in Cluster API',
}

/** The panel's heading line: what to look at first, or that there is nothing to do. */
export function headline(findings: readonly Finding[], deleting: boolean): string {
  const held = findings.find(({ weight }) => weight === 'held')
  if (held) return `The first cause is ${CALLED[held.cause]}`
  const waits = findings[0]
  if (waits) return deleting ? 'Nothing holds it; it takes longer than usual' : `It waits for ${CALLED[waits.cause]}`
  return 'Nothing holds it'
}

/** Objects that a finding names: marked where what still exists is listed. */
export function heldObjects(findings: readonly Finding[]): ReadonlySet<string> {
  const named = findings.filter(({ weight }) => weight === 'held').flatMap(({ subject, lastResorts }) => [subject, ...lastResorts.map(({ object }) => object)])
  // A machine's parts in vSphere have its name (CAPV GenerateVSphereVMName), and it is the machine that people see listed.
  return new Set(named.flatMap((object) => (/^VSphere(VM|Machine)\//.test(object) ? [object, object.replace(/^[^/]+/, 'Machine')] : [object])))
}
