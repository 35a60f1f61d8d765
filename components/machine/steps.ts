import type { MachineStepName, MachineView } from '@/lib/machine/view'

export interface StepShown {
  readonly name: MachineStepName
  readonly label: string
  readonly at: string | null
  /** From the step before to this one, or until now for the step under way; null when it has not begun. */
  readonly took: number | null
  readonly state: 'done' | 'now' | 'next'
}

const labels: Record<MachineStepName, string> = {
  requested: 'Requested',
  cloned: 'Cloned',
  address: 'Got its address',
  'powered-on': 'Powered on',
  bootstrapped: 'Bootstrapped',
  joined: 'Joined as a node',
  ready: 'Ready',
}

/** Steps can be reported late or not at all: a step without a time counts as done once a later one has a time; an address may come before the clone. */
export function stepsOf({ steps, deletingSince }: Pick<MachineView, 'steps' | 'deletingSince'>, now: number): readonly StepShown[] {
  const lastDone = steps.findLastIndex((step) => step.at !== null && step.name !== 'address')
  const under = steps.findIndex((step, index) => index > lastDone && step.at === null)
  let before: number | null = null
  return steps.map((step, index) => {
    const at = step.at ? Date.parse(step.at) : null
    const state = index <= lastDone || at !== null ? 'done' : index === under && !deletingSince ? 'now' : 'next'
    const took: number | null = before === null ? null : at !== null ? Math.max(0, at - before) : state === 'now' ? Math.max(0, now - before) : null
    if (at !== null) before = before === null ? at : Math.max(before, at)
    return { name: step.name, label: labels[step.name], at: step.at, took, state }
  })
}
