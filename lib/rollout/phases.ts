import type { MachineStepName } from '@/lib/machine/view'
import type { Phase, RolloutMachine } from '@/lib/rollout/story'
import { median, ms } from '@/lib/rollout/times'

/** A machine's coming: each phase lasts from the step before it to its own. Joining is over when the machine is ready. */
export const COMING: readonly (readonly [phase: Phase, ends: MachineStepName])[] = [
  ['clone', 'cloned'], ['address', 'address'], ['power', 'powered-on'], ['boot', 'bootstrapped'], ['join', 'ready'],
]

export interface Stretch {
  readonly phase: Phase
  /** ms since 1970. */
  readonly from: number
  /** null: it is in this phase now. */
  readonly to: number | null
}

type Facts = Pick<RolloutMachine, 'steps' | 'leaving' | 'last'>

/** What a machine was in, in order: its coming (only of a machine that the change made), then its leaving. */
export function stretchesOf(machine: RolloutMachine): readonly Stretch[] {
  const known = told.get(machine)
  if (known !== undefined) return known
  const stretches = [...(machine.side === 'new' ? comingOf(machine) : []), ...leavingOf(machine)]
  told.set(machine, stretches)
  return stretches
}

/** Machines are never changed in place, and most are the same from one event to the next. */
const told = new WeakMap<RolloutMachine, readonly Stretch[]>()

function comingOf({ steps, leaving }: Facts): readonly Stretch[] {
  const stop = [ms(leaving.deletion), ms(leaving.gone)].find((time) => !Number.isNaN(time)) ?? null
  const stretches: Stretch[] = []
  let from = ms(steps.requested)
  if (Number.isNaN(from)) return []
  for (const [index, [phase, ends]] of COMING.entries()) {
    const end = ms(steps[ends])
    if (!Number.isNaN(end)) {
      const to = Math.max(from, end)
      stretches.push({ phase, from, to })
      from = to
      continue
    }
    // A step without its time, with a later one known: an address is claimed while the clone is still running.
    if (COMING.slice(index + 1).some(([, later]) => later !== 'address' && steps[later] !== undefined)) continue
    stretches.push({ phase, from, to: stop === null ? null : Math.max(from, stop) })
    break
  }
  return stretches
}

function leavingOf({ leaving, last }: Facts): readonly Stretch[] {
  const [deletion, drained, gone] = [ms(leaving.deletion), ms(leaving.drained), ms(leaving.gone)]
  if (Number.isNaN(deletion)) return []
  const end = Number.isNaN(gone) ? null : Math.max(deletion, gone)
  if (Number.isNaN(drained)) return [{ phase: last.word === 'Draining' ? 'drain' : 'delete', from: deletion, to: end }]
  const between = Math.max(deletion, end === null ? drained : Math.min(drained, end))
  return [{ phase: 'drain', from: deletion, to: between }, { phase: 'delete', from: between, to: end }]
}

/** How long each phase took the machines that have it behind them, in ms. */
export function durations(machines: readonly RolloutMachine[]): Readonly<Partial<Record<Phase, readonly number[]>>> {
  const found: Partial<Record<Phase, number[]>> = {}
  for (const machine of machines) {
    const cut = machine.steps.ready === undefined && machine.leaving.deletion !== null
    for (const { phase, from, to } of stretchesOf(machine)) {
      // A machine taken away on its way did not finish what it was in.
      if (to === null || (cut && phase !== 'drain' && phase !== 'delete')) continue
      ;(found[phase] ??= []).push(to - from)
    }
  }
  return found
}

const wholes = (machines: readonly RolloutMachine[], span: (machine: RolloutMachine) => number): number | null =>
  median(machines.map(span).filter((time) => time >= 0))

/** From being asked for to ready, in the middle of those that are; in ms. */
export const wholeComing = (machines: readonly RolloutMachine[]): number | null =>
  wholes(machines.filter(({ side }) => side === 'new'), ({ steps }) => ms(steps.ready) - ms(steps.requested))

export const wholeLeaving = (machines: readonly RolloutMachine[]): number | null =>
  wholes(machines, ({ leaving }) => ms(leaving.gone) - ms(leaving.deletion))
