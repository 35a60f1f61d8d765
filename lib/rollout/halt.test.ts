import { expect, test } from 'vitest'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import { at, clock, cond, pictureAt, watch, type World } from '@/lib/rollout/fixtures'
import type { RolloutState, Story } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import { tell } from '@/lib/rollout/tell'

const SCALE: World = { pools: (second) => ({ general: { desired: second < 10 ? 1 : 3 } }), lives: [{ id: 'aaaaa', made: -5000 }, { id: 'bbbbb', made: 12 }, { id: 'ccccc', made: 12 }] }
const OPEN = watch(SCALE, 0, 20).open as Story
const BEFORE = pictureAt(SCALE, 20) as Picture
const never = () => { throw new Error('no story begins here') }

type Change = { readonly cluster?: Partial<ClusterView>; readonly pool?: Partial<NodePoolView>; readonly machine?: Partial<MachineView>; readonly others?: Partial<MachineView> }
function changed({ cluster, pool, machine, others }: Change, base = BEFORE): Picture {
  const machines = new Map([...base.machines].map(([uid, view]) => [uid, { ...view, ...(uid === 'uid-bbbbb' ? machine : uid === 'uid-ccccc' ? others : {}) }]))
  return { cluster: { ...base.cluster, pools: base.cluster.pools.map((view) => ({ ...view, ...pool })), ...cluster }, machines }
}
const stateAfter = (change: Change, second = 25): RolloutState => (tell(OPEN, { before: BEFORE, after: changed(change) }, clock(second), never) as Story).rollout.state
const said = <Word extends string>(word: Word, role: 'ok' | 'busy' | 'warn' | 'bad' | 'idle', sentence: string | null, condition: ReturnType<typeof cond> | null = null) => ({ word, role, sentence, condition, percent: null })
const stuck = (sentence: string, message: string) => said('Cloning', 'warn', sentence, cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', message, at(15)))

const vcenter = cond('VCenterAvailable', 'False', 'VCenterUnreachable', 'ServerFaultCode: Cannot complete login due to an incorrect user name or password.', at(18))
const scalingUp = (message: string) => cond('ScalingUp', 'True', 'ScalingUp', message, at(12))

test.each<[string, Change, string, string]>([
  ['a paused cluster', { cluster: { state: said('Paused', 'idle', 'Nothing is changed or repaired until it is resumed') } }, 'paused', 'Nothing is changed or repaired until it is resumed'],
  ['vCenter as the cluster says it', { cluster: { state: said('Stalled', 'warn', 'vCenter does not answer', vcenter) } }, 'vcenter-away', 'vCenter does not answer'],
  ['vCenter in the health list', { cluster: { health: [{ ok: false, sentence: '', condition: vcenter }] } }, 'vcenter-away', 'The vSphere identity cannot sign in to vCenter: its user name or password is wrong or has expired'],
  ['vCenter as one machine sees it', { machine: { state: said('Cloning', 'warn', 'x', vcenter) } }, 'vcenter-away', 'The vSphere identity cannot sign in to vCenter: its user name or password is wrong or has expired'],
  ['vCenter in a clone’s error', { machine: { state: stuck('x', 'Post "https://vc/sdk": dial tcp 10.0.0.1:443: connect: connection refused') } }, 'vcenter-away', 'vCenter does not answer'],
  ['a control plane that does not answer', { cluster: { controlPlane: { ...BEFORE.cluster.controlPlane, state: said('Not ready', 'bad', 'The API does not answer the management cluster') } } }, 'control-plane', 'The API does not answer the management cluster'],
  ['a control plane that is switched off', { cluster: { controlPlane: { ...BEFORE.cluster.controlPlane, state: said('Not ready', 'idle', 'The control plane is switched off: it has no replicas') } } }, 'control-plane', 'The control plane is switched off: it has no replicas'],
  ['a quota', { pool: { state: said('Stalled', 'warn', 'Pool general cannot grow', cond('MachinesCreated', 'False', 'MachineCreationFailed', 'machines.cluster.x-k8s.io "x" is forbidden: exceeded quota: team-blue, requested: count/machines=1', at(15))) } }, 'quota', 'The quota team-blue is used up'],
  ['a VM template that is gone', { machine: { state: stuck('vSphere has no VM template ubuntu', "vm 'ubuntu' not found") } }, 'template-missing', 'general-bbbbb: vSphere has no VM template ubuntu'],
  ['a machine template that is gone', { pool: { state: said('Stalled', 'warn', 'Pool general cannot grow: its VSphereMachineTemplate is gone', scalingUp('Scaling up would be blocked because VSphereMachineTemplate does not exist')) } }, 'template-missing', 'Pool general cannot grow: its VSphereMachineTemplate is gone'],
  ['a preflight check', { pool: { state: said('Stalled', 'warn', 'Pool general cannot grow: its version no longer fits the control plane’s; upgrade the pool', scalingUp('"KubeadmVersionSkew" preflight check failed')) } }, 'preflight', 'Pool general cannot grow: its version no longer fits the control plane’s; upgrade the pool'],
  ['anything else that needs a person', { cluster: { state: said('Stalled', 'warn', 'general-bbbbb: vSphere has no datastore ds1') } }, 'other', 'general-bbbbb: vSphere has no datastore ds1'],
])('%s stalls a change', (_, change, reason, sentence) => {
  expect(stateAfter(change)).toMatchObject({ is: 'stalled', reason, sentence, since: clock(25) })
})

test('addresses of a pool whose counts are not ours to read stall nothing', () => {
  const waiting = { machine: { state: said('Waiting for address', 'idle', 'It waits for an address from the pool') } }
  const pool = { kind: 'pool' as const, pool: 'shared', ranges: [], prefix: null, gateway: null, used: 0, free: 0 }
  expect(stateAfter({ ...waiting, cluster: { addresses: { ...pool, total: 0 } } }).is).toBe('rolling')
  expect(stateAfter({ ...waiting, cluster: { addresses: { ...pool, total: 8 } } })).toMatchObject({ is: 'stalled', reason: 'no-address', sentence: 'No free address in pool shared; general-bbbbb waits for one' })
})

test('of several pools the one that is claimed from decides', () => {
  const pool = { ranges: ['10.0.0.1-10.0.0.9'], prefix: 24, gateway: null, total: 9, used: 0 }
  const addresses = { kind: 'pool' as const, ...pool, pool: 'nodes', free: 5, more: [{ ...pool, pool: 'storage', free: 0 }] }
  const waiting = (...waitsForPools: readonly string[]) => stateAfter({ cluster: { addresses }, machine: { state: said('Waiting for address', 'idle', 'It waits for an address from the pool'), waitsForPools } })
  expect(waiting('nodes').is).toBe('rolling')
  expect(waiting('nodes', 'storage')).toMatchObject({ is: 'stalled', sentence: 'No free address in pool storage; general-bbbbb waits for one' })
})

test('a stall keeps its beginning while its reason is the same', () => {
  const first = tell(OPEN, { before: BEFORE, after: changed({ cluster: { state: said('Paused', 'idle', 'one') } }) }, clock(25), never) as Story
  const second = tell(first, { before: BEFORE, after: changed({ cluster: { state: said('Paused', 'idle', 'two') } }) }, clock(60), never) as Story
  expect(second.rollout.state).toMatchObject({ is: 'stalled', sentence: 'two', since: clock(25) })
})

test('a cluster that failed is failed, and may go on later', () => {
  const failed = tell(OPEN, { before: BEFORE, after: changed({ cluster: { state: said('Failed', 'bad', 'It failed and is not tried again: no licence') } }) }, clock(25), never) as Story
  expect(failed.rollout).toMatchObject({ endedAt: null, state: { is: 'failed', sentence: 'It failed and is not tried again: no licence', at: clock(25) } })
  expect((tell(failed, { before: BEFORE, after: BEFORE }, clock(30), never) as Story).rollout.state.is).toBe('rolling')
})

test('a machine that failed for good fails the change once no other is under way', () => {
  const broken = said('Failed', 'bad', 'It failed and is not tried again: disk full', cond('Ready', 'False', 'x'))
  expect(stateAfter({ machine: { state: broken } }).is).toBe('rolling')
  expect(stateAfter({ machine: { state: broken }, others: { state: said('Ready', 'ok', null) } })).toMatchObject({ is: 'failed', sentence: 'general-bbbbb: It failed and is not tried again: disk full' })
})

test('a broken machine stalls the change only once nothing else is under way', () => {
  const degraded = { state: said('Degraded' as const, 'bad', 'general-aaaaa: Its node does not report') }
  expect(stateAfter({ cluster: degraded }).is).toBe('rolling')
  expect(stateAfter({ cluster: degraded, machine: { state: said('Ready', 'ok', null) }, others: { state: said('Not ready', 'bad', 'Its node does not report') } })).toMatchObject({ is: 'stalled', reason: 'other' })
})

test('what holds a pool and ends by itself is told, not a stall', () => {
  const held = stateAfter({ pool: { state: said('Scaling', 'busy', 'x', scalingUp('"ControlPlaneIsStable" preflight check failed')) }, cluster: { state: said('Scaling', 'busy', '1 of 3 machines have joined') } })
  expect(held).toMatchObject({ is: 'rolling', sentence: '1 of 3 machines have joined; it waits for the control plane' })
})

test('a change that Cluster API has not begun says so', () => {
  const story = tell(null, { before: pictureAt(SCALE, 5), after: pictureAt({ ...SCALE, state: () => ({ word: 'Ready', sentence: null }) }, 11) }, clock(11), () => 'r')
  expect(story?.rollout.state).toMatchObject({ is: 'rolling', sentence: 'Cluster API is about to begin' })
})

test('a deletion that is held says by what', () => {
  const deleting = changed({ cluster: { deletingSince: at(21), state: said('Deletion held', 'warn', 'It is paused; deletion goes on once it is resumed'), controlPlane: { ...BEFORE.cluster.controlPlane, state: said('Not ready', 'idle', 'It is being removed') } } })
  const story = tell(null, { before: null, after: deleting }, clock(25), () => 'r') as Story
  expect(story.rollout).toMatchObject({ change: 'delete', state: { is: 'stalled', reason: 'paused' } })
  const hook = { ...deleting, cluster: { ...deleting.cluster, state: said('Deletion held' as const, 'warn', 'A hook holds the deletion', cond('Deleting', 'True', 'WaitingForBeforeDeleteHook')) } }
  expect((tell(story, { before: deleting, after: hook }, clock(30), never) as Story).rollout.state).toMatchObject({ reason: 'other', sentence: 'A hook holds the deletion' })
})
