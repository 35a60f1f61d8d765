import type { ClusterView } from '@/lib/cluster/view'
import { shortMachineName } from '@/lib/kubernetes/names'
import type { MachineStepName, MachineView } from '@/lib/machine/view'
import type { StateRole } from '@/lib/state'
import type { TimelineEntry } from '@/lib/timeline/entry'

/** `m4v7t` of `blue-1-general-abcde-m4v7t`: in a list under one cluster the machine's own suffix is enough. */
const subjectOf = (machine: MachineView): string => shortMachineName(machine.name, machine.cluster).split('-').at(-1) ?? machine.name

type Home = Pick<ClusterView, 'uid' | 'tenant' | 'name'>

function entry(cluster: Home, key: string, at: string, subject: string | null, text: string, role: StateRole): TimelineEntry {
  return { kind: 'entry', key, tenant: cluster.tenant, clusterUid: cluster.uid, cluster: cluster.name, at, subject, text, role, who: null }
}

/** What is told of each step; a step whose text is null happens together with another that tells of both. */
function stepText(step: MachineStepName, machine: MachineView): readonly [text: string, role: StateRole] | null {
  const name = subjectOf(machine)
  switch (step) {
    case 'requested':
      return [`${name} was asked for${machine.pool === null ? '' : ` in pool ${machine.pool}`}`, 'busy']
    case 'cloned':
      return [`${name} was cloned`, 'busy']
    case 'address':
      return null
    case 'powered-on':
      return [machine.address === null ? `${name} was powered on` : `${name} powered on with ${machine.address}`, 'busy']
    case 'bootstrapped':
      return null
    case 'joined':
      return [`${name} joined`, 'busy']
    case 'ready':
      return [`${name} is ready`, 'ok']
  }
}

/**
 * What the views tell to have happened, with their own times. Pure and idempotent: the same observation, made again after a
 * restart or by another replica, gives the same keys, and is stored once.
 */
export function happenings(cluster: ClusterView, machines: readonly MachineView[]): readonly TimelineEntry[] {
  const found: TimelineEntry[] = []
  if (cluster.createdAt !== '') found.push(entry(cluster, `${cluster.uid}:created`, cluster.createdAt, null, `${cluster.name} was created`, 'busy'))
  const probe = cluster.health.find((item) => item.condition.type === 'RemoteConnectionProbe')
  // Each loss and return of the API is a happening of its own, hence the time in the key.
  if (probe?.ok === true && probe.condition.since !== null) found.push(entry(cluster, `${cluster.uid}:answers:${probe.condition.since}`, probe.condition.since, 'control plane', 'The control plane answers', 'ok'))
  if (probe?.ok === false && /last succeeded/i.test(probe.condition.message) && probe.condition.since !== null) {
    found.push(entry(cluster, `${cluster.uid}:silent:${probe.condition.since}`, probe.condition.since, 'control plane', 'The control plane stopped answering', 'bad'))
  }
  if (cluster.deletingSince !== null) found.push(entry(cluster, `${cluster.uid}:deleting`, cluster.deletingSince, null, `Deletion of ${cluster.name} began`, 'idle'))
  for (const machine of machines) found.push(...machineHappenings(cluster, machine))
  return found
}

function machineHappenings(cluster: ClusterView, machine: MachineView): readonly TimelineEntry[] {
  const told = machine.steps.flatMap((step) => {
    // Power and address are told together, whichever comes first.
    const early = step.name === 'powered-on' && machine.address === null && machine.node === null
    const text = step.at === null || early ? null : stepText(step.name, machine)
    return step.at === null || text === null ? [] : [entry(cluster, `${machine.uid}:${step.name}`, step.at, machine.name, text[0], text[1])]
  })
  const condition = machine.state.condition
  const since = condition?.since ?? null
  if ((machine.state.word === 'Not ready' || machine.state.word === 'Failed') && since !== null) {
    const text = `${subjectOf(machine)}: ${machine.state.sentence ?? 'not ready'}`
    told.push(entry(cluster, `${machine.uid}:not-ready:${since}`, since, machine.name, text, 'bad'))
  }
  if (machine.deletingSince !== null) told.push(entry(cluster, `${machine.uid}:leaving`, machine.deletingSince, machine.name, `${subjectOf(machine)} is leaving`, 'idle'))
  return told
}

/**
 * What is told of a view that is gone; of a machine with its cluster, whose uid the machine does not know. Its time is when
 * that was noticed: an object that no longer exists has none of its own. The key has no time in it, so that the first
 * replica to notice is the one that is stored.
 */
export function departures(before: ClusterView | MachineView, now: string, cluster: Home | null = null): readonly TimelineEntry[] {
  if (before.kind === 'cluster') return [entry(before, `${before.uid}:gone`, now, null, `${before.name} is gone`, 'idle')]
  const home = cluster ?? { uid: '', tenant: before.tenant, name: before.cluster }
  const text = before.address === null ? `${subjectOf(before)} is gone` : `${subjectOf(before)} is gone, its address is free again`
  return [entry(home, `${before.uid}:gone`, now, before.name, text, 'idle')]
}
