import type { MachineView } from '@/lib/machine/view'
import { shortMachineName } from '@/lib/kubernetes/names'
import { plural } from '@/lib/text'

/** What a machine does, after its name: "general-x7k2p waits for an address", and for several: "3 wait for an address". */
const DOING: Readonly<Partial<Record<MachineView['state']['word'], readonly [one: string, many: string]>>> = {
  Requested: ['is about to be made', 'are about to be made'],
  Cloning: ['is being cloned', 'are being cloned'],
  'Waiting for address': ['waits for an address', 'wait for an address'],
  'Powering on': ['is powering on', 'are powering on'],
  Bootstrapping: ['is bootstrapping', 'are bootstrapping'],
  Joining: ['is joining', 'are joining'],
}

/** A machine that is made and does not serve yet. */
export const isComing = (machine: MachineView): boolean => DOING[machine.state.word] !== undefined
export const isServing = (machine: MachineView): boolean => machine.state.word === 'Ready'
export const isBroken = (machine: MachineView): boolean => machine.state.word === 'Not ready' || machine.state.word === 'Failed'
export const hasJoined = (machine: MachineView): boolean => machine.steps.some((step) => step.name === 'joined' && step.at !== null)

export const nameOf = (machine: MachineView): string => shortMachineName(machine.name, machine.cluster)

/** Oldest first, so that the sentence stays with one machine until that one is done. */
export const byAge = (left: MachineView, right: MachineView): number =>
  left.createdAt < right.createdAt ? -1 : left.createdAt > right.createdAt ? 1 : left.name < right.name ? -1 : 1

/** What the coming machines wait for, as the second half of a sentence; null when none comes. */
export function comingWords(machines: readonly MachineView[]): string | null {
  const coming = machines.filter(isComing).sort(byAge)
  const first = coming[0]
  if (first === undefined) return null
  const doing = DOING[first.state.word] ?? ['is coming', 'are coming']
  const alike = coming.filter((machine) => machine.state.word === first.state.word)
  return alike.length === 1 ? `${nameOf(first)} ${doing[0]}` : `${alike.length} ${doing[1]}`
}

/** "2 of 3 machines have joined; general-x7k2p waits for an address". */
export function joinedWords(desired: number, machines: readonly MachineView[]): string {
  const joined = Math.min(desired, machines.filter((machine) => machine.deletingSince === null && hasJoined(machine)).length)
  const head = `${joined} of ${plural(desired, 'machine')} ${joined === 1 && desired === 1 ? 'has' : 'have'} joined`
  const coming = comingWords(machines)
  return coming === null ? head : `${head}; ${coming}`
}

/** 0..1: how far a machine is on its way to serving. */
export const progressOf = (machine: MachineView): number =>
  isServing(machine) ? 1 : machine.steps.filter((step) => step.at !== null).length / machine.steps.length
