import type { MachineTick, MachineView } from '@/lib/machine/view'

/** design.md, "Machine ticks": filled serves, grey old, hollow comes, dashed waits or leaves, short red not ready. */
export function machineTick(machine: MachineView): MachineTick {
  if (machine.deletingSince !== null) return 'leaving'
  switch (machine.state.word) {
    case 'Ready':
      return machine.upToDate ? 'serving' : 'old'
    case 'Not ready':
    case 'Failed':
      return 'not-ready'
    case 'Draining':
    case 'Deleting':
      return 'leaving'
    case 'Waiting for address':
      return 'waiting'
    default:
      return machine.state.role === 'warn' ? 'waiting' : 'coming'
  }
}
