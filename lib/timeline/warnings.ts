import { shortMachineName } from '@/lib/kubernetes/names'
import { cleanLine } from '@/lib/text'
import type { TimelineEntry } from '@/lib/timeline/entry'

/** A Warning event of one of a cluster's objects. */
export interface Warning {
  readonly uid: string
  readonly kind: string
  readonly name: string
  readonly reason: string
  readonly message: string
  readonly count: number
  /** When it was last seen, RFC 3339. */
  readonly at: string
}

interface Home {
  readonly uid: string
  readonly tenant: string
  readonly name: string
}

const MACHINE_KINDS: ReadonlySet<string> = new Set(['Machine', 'VSphereMachine', 'VSphereVM', 'KubeadmConfig', 'IPAddressClaim', 'IPAddress'])

/** 1, 10, 100, ...: a warning that repeats is told again when it has become a habit, and not each time. */
export const countBucket = (count: number): number => 10 ** Math.floor(Math.log10(Math.max(1, count)))

/** A warning as a line of the timeline. The same one seen again (by a relist, a restart, another replica) has the same key. */
export function warningEntry(cluster: Home, warning: Warning): TimelineEntry {
  const bucket = countBucket(warning.count)
  const ofMachine = MACHINE_KINDS.has(warning.kind)
  // An address's claim has its machine's name with the numbers of device and pool.
  const machine = warning.name.replace(/^(.+)-\d+-\d+$/, '$1')
  const what = ofMachine ? (shortMachineName(machine, cluster.name).split('-').at(-1) ?? machine) : warning.name === cluster.name ? null : warning.name
  const words = cleanLine(warning.message, 240) || spaced(warning.reason) || 'A warning without words'
  return {
    kind: 'entry',
    key: `${warning.uid}:warning:${bucket}`,
    tenant: cluster.tenant,
    clusterUid: cluster.uid,
    cluster: cluster.name,
    at: warning.at,
    subject: ofMachine ? machine : null,
    text: `${what === null ? '' : `${what}: `}${words}${bucket > 1 ? ` (${bucket} times or more)` : ''}`,
    role: 'warn',
    who: null,
  }
}

/** "Failed Create" of FailedCreate. */
const spaced = (reason: string): string => cleanLine(reason, 100).replace(/([a-z])([A-Z])/g, '$1 $2')
