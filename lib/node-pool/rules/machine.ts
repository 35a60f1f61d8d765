import { type Problem, outside, problem } from '@/lib/cluster/rules/problem'
import { policyProblems } from '@/lib/node-pool/extras'
import { settingsProblems } from '@/lib/node-pool/rules/network'
import type { PoolSpec } from '@/lib/node-pool/spec'

export interface MachineSize {
  readonly cpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
}

/**
 * Bounds of one machine: of the create form's first pool (`at` is `pool`) and of every later one (`machine`). Upper bounds are
 * vSphere 8's configuration maximums of one VM.
 */
export function machineSizeProblems(at: string, { cpus, memoryMiB, diskGiB }: MachineSize): Problem[] {
  const found: Problem[] = []
  // kubeadm's preflight check NumCPU refuses a node with fewer than 2; CAPV's CRD has the same minimum.
  if (cpus < 2) found.push(problem(`${at}.cpus`, `A machine needs at least 2 CPUs, not ${cpus}.`))
  else found.push(...outside(`${at}.cpus`, 'CPUs', cpus, 2, 768))
  if (memoryMiB < 2048) found.push(problem(`${at}.memoryMiB`, `A machine needs at least 2048 MiB of memory, not ${memoryMiB}.`))
  // vSphere refuses to power on a VM whose memory is not a multiple of 4 MB: the machine would be cloned and then stay.
  else if (memoryMiB % 4 !== 0) found.push(problem(`${at}.memoryMiB`, `vSphere takes memory in steps of 4 MiB: ${memoryMiB - (memoryMiB % 4)} or ${memoryMiB + 4 - (memoryMiB % 4)}, not ${memoryMiB}.`))
  else found.push(...outside(`${at}.memoryMiB`, 'Memory in MiB', memoryMiB, 2048, 24 * 1024 * 1024))
  if (diskGiB < 10) found.push(problem(`${at}.diskGiB`, `A machine needs at least 10 GiB of disk, not ${diskGiB}.`))
  else found.push(...outside(`${at}.diskGiB`, 'Disk in GiB', diskGiB, 10, 62 * 1024))
  return found
}

interface Known {
  readonly before: PoolSpec | null
  readonly templateDisks: Readonly<Record<string, number>>
}

export function machineProblems({ machine }: PoolSpec, { before, templateDisks }: Known): Problem[] {
  const found = machineSizeProblems('machine', machine)
  if (found.every(({ path }) => path[1] !== 'diskGiB')) found.push(...diskProblems(machine, before, templateDisks[machine.template] ?? null))
  for (const [field, what] of [['template', 'a VM template'], ['network', 'a network']] as const) {
    if (machine[field].trim() === '') found.push(problem(`machine.${field}`, `Choose ${what}.`))
    else found.push(...placeProblems(`machine.${field}`, machine[field]))
  }
  found.push(...policyProblems('machine', machine), ...settingsProblems('machine', machine))
  for (const field of ['datastore', 'folder', 'resourcePool'] as const) {
    const place = machine[field]
    // v1beta2 refuses an empty string; leaving it to vCenter is null.
    if (place?.trim() === '') found.push(problem(`machine.${field}`, 'Choose one, or leave it to vCenter.'))
    else if (place !== null) found.push(...placeProblems(`machine.${field}`, place))
  }
  return found
}

/** What is said of a disk that is smaller than the one it is cloned from, both in GiB. */
export const shrunk = (templateDiskGiB: number, diskGiB: number): string => `The VM template’s disk has ${templateDiskGiB} GiB and cannot shrink to ${diskGiB}.`

/**
 * What is said at the field of a disk before anything is wrong.
 * @param templateDiskGiB null: the offer does not say it, so nothing can be refused before the clone
 * @param linked of machines that are there: see LINKED
 */
export function diskHint(templateDiskGiB: number | null, linked: boolean): string {
  if (linked) return 'Linked clones keep the disk of their template’s snapshot and ignore this.'
  return templateDiskGiB === null ? 'At least the VM template’s disk. It is not known here: a smaller one fails at the clone.' : `At least the template’s ${templateDiskGiB} GiB.`
}

/** CAPV pkg/services/govmomi/vcenter/clone.go; nobody here knows whether a template has a snapshot. */
export const LINKED = 'Its machines are linked clones where the VM template has a snapshot; CAPV then keeps the snapshot’s disk and ignores this.'

/** A clone can grow its template's disk, never shrink it (CAPV clone.go, getDiskConfigSpec): the machine would not be made. */
function diskProblems({ diskGiB, template }: PoolSpec['machine'], before: PoolSpec | null, templateDiskGiB: number | null): Problem[] {
  if (templateDiskGiB !== null) return diskGiB >= templateDiskGiB ? [] : [problem('machine.diskGiB', shrunk(templateDiskGiB, diskGiB))]
  // The template's size is not known; what it was cloned to so far is.
  if (before === null || before.machine.template !== template || diskGiB >= before.machine.diskGiB) return []
  return [problem('machine.diskGiB', `The disk has ${before.machine.diskGiB} GiB now. It can be made smaller only with another VM template.`)]
}

function placeProblems(path: string, place: string): Problem[] {
  // Nobody types these, and no database takes a NUL.
  if (/\p{Cc}/u.test(place)) return [problem(path, 'This holds control characters, which no name in vSphere has.')]
  return place.length > 2048 ? [problem(path, `This has ${place.length} characters; vSphere takes 2048.`)] : []
}
