import { expect, test } from 'vitest'
import type { Story } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import { tell } from '@/lib/rollout/tell'
import { clusterView } from '@/server/management/parse/cluster'
import { at, cond, deployment, ipPool, machineAt, parts, type Stage } from '@/server/management/parse/fixtures'
import { machineView } from '@/server/management/parse/machine'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'

/** The story as objects of the controllers tell it: lib/rollout has the rules, this that they meet what the objects say. */
function pictureOf(objects: ClusterParts): Picture {
  const machines = objects.machines.map(machineView)
  return { cluster: clusterView(objects), machines: new Map(machines.map((machine) => [machine.uid, machine])) }
}

const staying = ['aaaaa', 'bbbbb'].map((id) => machineAt('ready', id))
const pool = (desired: number, machines: readonly MachineParts[], free = 5): Picture => pictureOf(parts({ machineDeployments: [deployment(desired, {}, { metadata: { generation: 2 } })], machines: [...staying, ...machines], ipPool: ipPool(free) }))
const now = (minute: number, second = 0) => at(minute, second).replace('Z', '.250Z')

function life(pictures: readonly (readonly [now: string, picture: Picture])[]): readonly Story[] {
  const told: Story[] = []
  let before: Picture | null = null
  for (const [time, after] of pictures) {
    const story = tell(told.at(-1) ?? null, { before, after }, time, () => 'r1')
    if (story !== null) told.push(story)
    before = after
  }
  return told
}

test('a machine that comes is told by the objects’ own times', () => {
  const stages: readonly Stage[] = ['requested', 'cloning', 'waiting-address', 'powering-on', 'bootstrapping', 'joining', 'ready']
  const told = life([[now(1), pool(2, [])], [now(1, 50), pool(3, [])], ...stages.map((stage, index) => [now(2 + index), pool(3, [machineAt(stage, 'ccccc')])] as const)])
  expect(told.at(-1)?.rollout).toMatchObject({ change: 'scale', title: 'Pool general from 2 to 3 machines', state: { is: 'done' }, startedAt: now(1, 50), endedAt: at(6, 10), done: 1, total: 1 })
  const [machine, ...others] = Object.values(told.at(-1)?.machines ?? {})
  expect(others).toEqual([])
  expect(machine).toMatchObject({ side: 'new', address: '10.40.12.47', steps: { requested: at(2), cloned: at(3), address: at(3, 10), 'powered-on': at(3, 50), joined: at(6), ready: at(6, 10) } })
})

test('without a free address it stalls', () => {
  const told = life([[now(1), pool(2, [])], [now(3), pool(3, [machineAt('waiting-address', 'ccccc')], 0)]])
  expect(told.at(-1)?.rollout.state).toMatchObject({ is: 'stalled', reason: 'no-address', sentence: 'No free address in pool blue-1; general-ccccc waits for one', condition: { type: 'IPAddressClaimsFulfilled', message: '0/1 claims being processed' } })
})

test('a machine deleted by hand is drained, then its VM goes, and another comes', () => {
  const leaving = (reason: string) => machineAt('ready', 'ccccc', { metadata: { deletionTimestamp: at(20) }, conditions: [cond('Deleting', 'True', reason, 'Drain not completed yet', at(20))] })
  const fresh = (stage: Stage) => machineAt(stage, 'ddddd', { metadata: { creationTimestamp: at(20) } })
  const told = life([
    [now(10), pool(3, [machineAt('ready', 'ccccc')])], [now(20, 1), pool(3, [leaving('DrainingNode'), fresh('requested')])], [now(20, 30), pool(3, [leaving('WaitingForInfrastructureDeletion'), fresh('cloning')])],
    [now(20, 50), pool(3, [fresh('cloning')])], [now(22), pool(3, [fresh('ready')])],
  ])
  expect(told.at(-1)?.rollout).toMatchObject({ change: 'repair', title: 'Repair in pool general', state: { is: 'done' } })
  const old = Object.values(told.at(-1)?.machines ?? {}).find(({ side }) => side === 'old')
  expect(old?.leaving).toEqual({ deletion: at(20), drained: now(20, 30), gone: now(20, 50) })
})
