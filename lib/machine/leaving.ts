import { numberIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { secondsOf } from '@/lib/node-pool/read'

/** How long a machine's leaving may take, in words; a limit that is not set is "for ever" to Cluster API. @param machine in either contract */
export function leavingWords(machine: KubeObject): string {
  const spec = machine.spec ?? {}
  const seconds = (field: string): number => numberIn(spec, 'deletion', `${field}Seconds`) ?? secondsOf(spec[field]) ?? 0
  const [drain, volumes] = [seconds('nodeDrainTimeout'), seconds('nodeVolumeDetachTimeout')]
  const upTo = (limit: number): string => (limit === 0 ? 'without a limit' : limit % 60 === 0 ? `for up to ${limit / 60} min` : `for up to ${limit} s`)
  return `Its pods are moved away first (drained, ${upTo(drain)}), then its volumes are let go (${upTo(volumes)}), then the VM and its disks are deleted.`
}
