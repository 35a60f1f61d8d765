import { keep } from '@/lib/rollout/keep'
import { isOutdated, isOnItsWay, machinesOf, poolOf } from '@/lib/rollout/signs'
import type { Rollout, RolloutMachine, Story } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import { earliest, ms, wholeSecond } from '@/lib/rollout/times'
import { machineTroubles, noted, over } from '@/lib/rollout/troubles'
import type { MachineView } from '@/lib/machine/view'

/**
 * The story's machines after what was seen.
 * @param opened the story begins with this picture
 */
export function machinesAfter(story: Story, before: Picture | null, after: Picture | null, now: string, opened: boolean): Story['machines'] {
  const { rollout } = story
  const next: Record<string, RolloutMachine> = {}
  for (const [uid, machine] of Object.entries(story.machines)) {
    if (after?.machines.has(uid) !== true) next[uid] = gone(machine, now)
  }
  // Exchanged between two pictures: who is no longer there was there before.
  if (before !== null && after !== null) {
    for (const view of machinesOf(before)) {
      if (view.uid === '' || after.machines.has(view.uid) || next[view.uid] !== undefined) continue
      next[view.uid] = gone(recorded(rollout, view, undefined, 'old', now), now)
    }
  }
  for (const view of after === null ? [] : machinesOf(after)) {
    if (view.uid === '') continue
    const prior = story.machines[view.uid]
    const earlier = before?.machines.get(view.uid)
    // Told already: of 200 machines an event moves one or two.
    if (prior !== undefined && earlier === view && prior.leaving.gone === null && keep(prior.last, view.state) === prior.last && !(prior.side === 'old' && rollout.change !== 'delete' && isLeftAlone(view, after))) {
      next[view.uid] = prior
      continue
    }
    const side = prior?.side ?? sideOf(rollout, view, before, after, opened)
    // An old machine that neither leaves nor is outdated any more is left alone: what was asked was taken back.
    if (side === null || (prior?.side === 'old' && rollout.change !== 'delete' && isLeftAlone(view, after))) continue
    next[view.uid] = recorded(rollout, view, prior ?? (earlier === undefined ? undefined : recorded(rollout, earlier, undefined, side, now)), side, now)
  }
  return next
}

const isLeftAlone = (view: MachineView, after: Picture | null): boolean => view.deletingSince === null && !isOutdated(view, poolOf(after, view.pool))

function sideOf({ change, startedAt }: Rollout, view: MachineView, before: Picture | null, after: Picture | null, opened: boolean): RolloutMachine['side'] | null {
  if (change === 'delete') return 'old'
  // Seen before and not of the story then: it was there, whatever two clocks say of its age.
  const made = before !== null ? !before.machines.has(view.uid) : ms(view.createdAt) >= wholeSecond(startedAt) || (opened && isOnItsWay(view))
  if (made) return 'new'
  return isLeftAlone(view, after) ? null : 'old'
}

/** Cluster API's order of a deletion (api/core/v1beta2/machine_types.go, MachineDeleting*Reason): drain comes before these. */
const DRAINED: ReadonlySet<string> = new Set([
  'WaitingForVolumeDetach', 'WaitingForPreTerminateHook', 'WaitingForInfrastructureDeletion', 'WaitingForBootstrapDeletion', 'DeletingNode', 'DeletionCompleted',
])

/** When its draining ended: noticed here, since the API keeps no time of it. Machines of a cluster that goes are not drained. */
function drainedAt(rollout: Rollout, view: MachineView, prior: RolloutMachine | undefined, now: string): string | null {
  const known = prior?.leaving.drained ?? null
  if (known !== null || view.deletingSince === null || view.state.word === 'Draining') return known
  if (prior?.last.word === 'Draining') return now
  return rollout.change !== 'delete' && prior !== undefined && !isPastDrain(prior.last) && isPastDrain(view.state) ? now : null
}

const isPastDrain = ({ condition }: MachineView['state']): boolean => condition?.type === 'Deleting' && DRAINED.has(condition.reason)

function recorded(rollout: Rollout, view: MachineView, prior: RolloutMachine | undefined, side: RolloutMachine['side'], now: string): RolloutMachine {
  const steps: Record<string, string> = { ...prior?.steps }
  for (const { name, at } of view.steps) {
    const first = earliest(steps[name], at)
    if (first !== null) steps[name] = first
  }
  const same = prior !== undefined && keep(prior.last, view.state) === prior.last
  return {
    kind: 'rollout-machine',
    id: `${rollout.id}:${view.uid}`,
    rollout: rollout.id,
    tenant: rollout.tenant,
    clusterUid: rollout.clusterUid,
    uid: view.uid,
    name: view.name,
    pool: view.pool,
    side,
    address: view.address ?? prior?.address ?? null,
    version: view.version ?? prior?.version ?? null,
    steps,
    leaving: { deletion: earliest(prior?.leaving.deletion, view.deletingSince), drained: drainedAt(rollout, view, prior, now), gone: null },
    last: view.state,
    lastSeen: same ? prior.lastSeen : now,
    troubles: noted(prior?.troubles ?? [], machineTroubles(view), now, prior?.lastSeen ?? null),
  }
}

/** Its time is when that was noticed: an object that no longer exists has none. */
function gone(machine: RolloutMachine, now: string): RolloutMachine {
  const { deletion, drained } = machine.leaving
  if (machine.leaving.gone !== null) return machine
  return {
    ...machine,
    leaving: { deletion, drained: drained ?? (machine.last.word === 'Draining' ? now : null), gone: deletion !== null && ms(deletion) > ms(now) ? deletion : now },
    troubles: over(machine.troubles, now),
  }
}
