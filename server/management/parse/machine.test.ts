import { expect, test } from 'vitest'
import { machineTick } from '@/lib/machine/tick'
import { at, cond, machineAt, type Stage } from '@/server/management/parse/fixtures'
import { machineView } from '@/server/management/parse/machine'

const view = (stage: Stage, change: Parameters<typeof machineAt>[2] = {}) => machineView(machineAt(stage, 'x7k2p', change))

test('every stage of a machine’s life has its word and its tick', () => {
  const seen = (['requested', 'cloning', 'waiting-address', 'powering-on', 'bootstrapping', 'joining', 'ready', 'not-ready'] as const).map((stage) => {
    const machine = view(stage)
    return [machine.state.word, machine.state.role, machineTick(machine)]
  })
  expect(seen).toEqual([
    ['Requested', 'idle', 'coming'], ['Cloning', 'busy', 'coming'], ['Waiting for address', 'idle', 'waiting'], ['Powering on', 'busy', 'coming'],
    ['Bootstrapping', 'busy', 'coming'], ['Joining', 'busy', 'coming'], ['Ready', 'ok', 'serving'], ['Not ready', 'bad', 'not-ready'],
  ])
})

test('steps have the times that the objects tell, in order, and none for what has not happened', () => {
  const times = (stage: Stage) => Object.fromEntries(view(stage).steps.map((step) => [step.name, step.at]))
  expect(times('ready')).toEqual({
    requested: at(2), cloned: at(3, 10), address: at(3, 10), 'powered-on': at(3, 50), bootstrapped: at(5, 30), joined: at(6), ready: at(6, 10),
  })
  expect(times('waiting-address')).toEqual({ requested: at(2), cloned: at(3), address: null, 'powered-on': null, bootstrapped: null, joined: null, ready: null })
  expect(times('cloning')).toMatchObject({ requested: at(2), cloned: null, 'powered-on': null })
})

test('times never go back from one step to the next', () => {
  for (const stage of ['cloning', 'powering-on', 'bootstrapping', 'joining', 'ready'] as const) {
    const times = view(stage).steps.flatMap((step) => (step.at === null ? [] : [Date.parse(step.at)]))
    expect(times).toEqual([...times].sort((a, b) => a - b))
  }
})

test('a machine knows its pool, address, node and version', () => {
  expect(view('ready')).toMatchObject({ cluster: 'blue-1', pool: 'general', address: '10.40.12.47', version: 'v1.35.2', node: { ready: true }, tenant: 'team-blue' })
  const odd = machineAt('ready', 'x7k2p')
  expect(machineView({ ...odd, machine: { ...odd.machine, metadata: { ...odd.machine.metadata, labels: {} } } }).pool).toBeNull()
})

test('a machine that Cluster API calls outdated is drawn old, and one that it says nothing of is not', () => {
  const old = view('ready', { conditions: [cond('UpToDate', 'False', 'NotUpToDate', '* VSphereMachine is not up-to-date')] })
  expect([old.upToDate, machineTick(old)]).toEqual([false, 'old'])
})

test('what vCenter says to a clone is told with its cause', () => {
  const machine = view('cloning', { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', "unable to get template: vm 'ubuntu-1.36' not found.")] } })
  expect(machine.state).toMatchObject({ word: 'Cloning', role: 'warn', sentence: "vSphere has no VM template ubuntu-1.36" })
})

test('a VM that vanished from vSphere has failed', () => {
  const machine = view('ready', { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'NotFoundByBIOSUUID', 'gone')] } })
  expect(machine.state).toMatchObject({ word: 'Failed', role: 'bad', sentence: 'Its VM is gone from vSphere' })
})

test('a node that was never ready is joining; one that stopped is not ready and says why', () => {
  expect(view('joining').state.sentence).toBe('Its node is registered and not ready yet')
  expect(view('not-ready').state.sentence).toBe('Its node is not ready: container runtime is down')
})

test('a leaving machine says what holds it', () => {
  const leaving = (reason: string, message = '') => view('ready', { metadata: { deletionTimestamp: at(40) }, conditions: [cond('Deleting', 'True', reason, message)] })
  expect(leaving('DrainingNode', "* Pod x: cannot evict pod as it would violate the pod's disruption budget.").state).toMatchObject({ word: 'Draining', sentence: 'A disruption budget allows no eviction yet' })
  expect(leaving('WaitingForVolumeDetach').state).toMatchObject({ word: 'Deleting', sentence: 'It waits for its volumes to be detached' })
  expect(leaving('WaitingForPreTerminateHook').state).toMatchObject({ role: 'warn', sentence: 'A hook holds its deletion' })
  expect(leaving('WaitingForInfrastructureDeletion').state.sentence).toBe('vSphere is removing its VM')
  expect(machineTick(leaving('DrainingNode'))).toBe('leaving')
})

test('with DHCP the address comes after power', () => {
  const parts = machineAt('cloning', 'x7k2p', { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'WaitingForIPAllocation')] } })
  const machine = machineView({ ...parts, claims: [] })
  expect(machine.state).toMatchObject({ word: 'Waiting for address', sentence: 'It waits for an address from DHCP' })
  expect(machine.steps.find((step) => step.name === 'address')?.at).toBeNull()
  expect(machine.steps.find((step) => step.name === 'powered-on')?.at).not.toBeNull()
})

test('with an address of the pool a started VM is powering on until it reports that address', () => {
  const machine = view('powering-on', { vm: { conditions: [cond('IPAddressClaimsFulfilled', 'True', 'Fulfilled'), cond('VirtualMachineProvisioned', 'False', 'WaitingForIPAllocation')] } })
  expect(machine.state.word).toBe('Powering on')
  expect(machine.steps.find((step) => step.name === 'powered-on')?.at).toBeNull()
})

test('status of contract v1beta1 is read as well', () => {
  const { machine, ...rest } = machineAt('cloning', 'x7k2p')
  const vsphereVm = { ...machine, apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereVM', status: { conditions: [{ type: 'VMProvisioned', status: 'False', reason: 'PoweringOn', severity: 'Info', lastTransitionTime: at(3, 20) }] } }
  expect(machineView({ ...rest, machine, vsphereVm, claims: [] }).state.word).toBe('Powering on')
})

test('objects of any shape give a view and no error', () => {
  const bare = machineAt('requested', 'x7k2p').machine
  for (const status of [{}, { conditions: 'none' }, { conditions: [null, 7, { type: 'Ready' }], nodeRef: 'x', addresses: {} }] as const) {
    const parts = { machine: { ...bare, status }, vsphereMachine: null, vsphereVm: null, bootstrap: null, claims: [] }
    expect(machineView(parts).state.word).toBe('Requested')
  }
})

test('hostile messages come out short and without control characters', () => {
  const machine = view('cloning', { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', `\u001b[31m\u202e<b>${'x'.repeat(2 ** 20)}`)] } })
  expect(machine.state.sentence?.length).toBeLessThan(260)
  expect(machine.state.condition?.message.length).toBeLessThanOrEqual(500)
  expect(JSON.stringify(machine)).not.toMatch(/\\u001b|\u202e/)
})
