import { describe, expect, test } from 'vitest'
import { around, general } from '@/lib/node-pool/fixtures'
import { poolHints, poolSpec, poolSpecProblems, type PoolSurroundings } from '@/lib/node-pool/rules'
import { diskHint } from '@/lib/node-pool/rules/machine'
import type { PoolSpec } from '@/lib/node-pool/spec'

const said = (change: Partial<PoolSpec>, where: Partial<PoolSurroundings> = {}): Record<string, string> =>
  Object.fromEntries(poolSpecProblems({ ...general, ...change }, { ...around, ...where }).map(({ path, message }) => [path.join('.'), message]))
const hinted = (change: Partial<PoolSpec>) => Object.fromEntries(poolHints({ ...general, ...change }).map(({ path, message }) => [path.join('.'), message]))
const machine = (change: Partial<PoolSpec['machine']>) => ({ machine: { ...general.machine, ...change } })

test('a good pool is accepted as it is, and nothing is hinted', () => {
  expect(poolSpec(around).parse(general)).toEqual(general)
  expect(hinted({})).toEqual({})
})

test('the schema reports rules at the form’s paths', () => {
  const result = poolSpec(around).safeParse({ ...general, ...machine({ diskGiB: 1 }), strategy: { kind: 'rolling', surge: 0, unavailable: 0 } })
  expect(result.error?.issues.map(({ path }) => path.join('.'))).toEqual(['machine.diskGiB', 'strategy.surge'])
})

describe('name', () => {
  test('is a label that no other pool has, and that leaves machines their full names', () => {
    for (const name of ['', 'Big', '-a', 'a.b', 'a\u0000']) expect(said({ name }).name, name).toBeDefined()
    expect(said({ name: 'batch' }, { pools: ['batch'] }).name).toBe('blue-1 has a pool batch already.')
    expect(said({ name: 'p'.repeat(44) })).toEqual({})
    expect(said({ name: 'p'.repeat(45) }).name).toBe('This name has 45 characters; in cluster blue-1 it can have 44, so that machines keep their full names.')
  })
  test('does not make the object of another cluster’s pool: a-b and c, a and b-c', () => {
    expect(said({ name: 'b' }, { deployments: ['blue-1-b'] }).name).toMatch(/named blue-1-b in Kubernetes/)
  })
  test('stays', () => {
    expect(said({ name: 'other' }, { before: general }).name).toBe('A pool keeps its name: this one is general.')
    expect(said({}, { before: general, pools: ['general'], deployments: ['blue-1-general'] })).toEqual({})
  })
})

test('what the live pool has already, though the form would not take it, holds up no other change', () => {
  const node = { ...general.node, postCommands: [''] }
  expect(said({ node })).toHaveProperty(['node.postCommands.0'])
  expect(said({ node, labels: { tier: 'db' } }, { before: { ...general, node } })).toEqual({})
})

test('an adopted pool with what the form would not take can be changed and upgraded; a new fault, or a wait without a limit, is refused', () => {
  const wait = { drainSeconds: 0, volumeDetachSeconds: 60, deletionSeconds: 10 }
  const adopted: PoolSpec = {
    ...general, ...machine({ cpus: 1, memoryMiB: 1024, diskGiB: 20 }), size: { kind: 'fixed', replicas: 150 }, version: 'v1.34.3+vendor.1',
    taints: [{ key: 'a', value: '', effect: 'NoSchedule' }, { key: 'node.kubernetes.io/mine', value: '', effect: 'NoSchedule' }],
  }
  const where = { before: adopted, templateDisks: { [general.machine.template]: 40 } }
  const wanted = (change: Partial<PoolSpec>) => said({ ...adopted, ...change }, where)
  expect(wanted({ labels: { tier: 'db' } })).toEqual({})
  expect(wanted({ version: 'v1.35.2', machine: { ...adopted.machine, template: 'ubuntu-1.35' } })).toEqual({})
  expect(wanted({ taints: adopted.taints.slice(1) })).toEqual({})
  expect(Object.keys(wanted({ size: { kind: 'fixed', replicas: 160 }, machine: { ...adopted.machine, diskGiB: 30 } }))).toEqual(['size.replicas', 'machine.diskGiB'])
  expect(Object.keys(said({ timeouts: wait, labels: { tier: 'db' } }, { before: { ...general, timeouts: wait } }))).toEqual(['timeouts.drainSeconds'])
  const same: PoolSpec['size'] = { kind: 'autoscaled', min: 3, max: 3 }
  expect(said({ size: same, labels: { tier: 'db' } }, { before: { ...general, size: same } })).toEqual({})
  expect(Object.keys(said({ size: same }, { before: { ...general, size: { kind: 'autoscaled', min: 2, max: 3 } } }))).toEqual(['size.max'])
})

describe('size', () => {
  const autoscaled = (min: number, max: number) => said({ size: { kind: 'autoscaled', min, max } })
  test('has bounds, and the larger bound is the larger', () => {
    expect(said({ size: { kind: 'fixed', replicas: 101 } })['size.replicas']).toBe('Machines can be 0 to 100, not 101.')
    expect(autoscaled(0, 3)).toEqual({})
    expect(autoscaled(4, 3)['size.max']).toBe('The largest size, 3, is below the smallest, 4.')
    expect(autoscaled(3, 3)['size.max']).toMatch(/nothing to do/)
    expect(Object.keys(autoscaled(-1, 101))).toEqual(['size.min', 'size.max'])
  })
})

describe('machine', () => {
  test('a disk is not smaller than the template’s where that is known', () => {
    expect(said(machine({ diskGiB: 30 }), { templateDisks: { [general.machine.template]: 40 } })['machine.diskGiB']).toBe('The VM template’s disk has 40 GiB and cannot shrink to 30.')
    expect(said(machine({ diskGiB: 40 }), { templateDisks: { [general.machine.template]: 40 }, before: general })).toEqual({})
  })
  test('else not smaller than before, unless the template changes with it', () => {
    expect(said(machine({ diskGiB: 40 }), { before: general })['machine.diskGiB']).toBe('The disk has 60 GiB now. It can be made smaller only with another VM template.')
    expect(said(machine({ diskGiB: 40, template: 'small' }), { before: general })).toEqual({})
    expect(said(machine({ diskGiB: 80 }), { before: general })).toEqual({})
  })
  test('the field says what a disk has to be, and what a linked clone makes of it', () => {
    expect([diskHint(40, false), diskHint(null, false), diskHint(40, true)]).toEqual(['At least the template’s 40 GiB.', expect.stringContaining('not known here'), expect.stringContaining('Linked clones')])
  })
  test('has bounds like those of the create form', () => {
    expect(Object.keys(said(machine({ cpus: 1, memoryMiB: 2050, diskGiB: 9 })))).toEqual(['machine.cpus', 'machine.memoryMiB', 'machine.diskGiB'])
  })
  test('is somewhere: no empty text, no control characters, no endless names', () => {
    expect(Object.keys(said(machine({ template: ' ', network: '', datastore: '' })))).toEqual(['machine.template', 'machine.network', 'machine.datastore'])
    expect(said(machine({ folder: 'a\u0000' }))['machine.folder']).toMatch(/control characters/)
    expect(said(machine({ resourcePool: 'x'.repeat(2049) }))['machine.resourcePool']).toMatch(/takes 2048/)
    expect(said(machine({ datastore: null, folder: null, resourcePool: null }))).toEqual({})
  })
})

describe('labels', () => {
  test('have Kubernetes’ syntax and are not Cluster API’s own', () => {
    for (const key of ['', 'a b', '/a', 'a/', 'A_/x', `${'a'.repeat(64)}`, 'a\u202e']) expect(said({ labels: { [key]: 'x' } }).labels, key).toBeDefined()
    expect(said({ labels: { tier: 'a b' } }).labels).toMatch(/^tier: “a b” is not a value/)
    for (const key of ['cluster.x-k8s.io/cluster-name', 'tenantry.dev/node-pool', 'topology.cluster.x-k8s.io/owned']) expect(said({ labels: { [key]: 'x' } }).labels).toMatch(/belongs to Cluster API/)
    expect(said({ labels: { tier: '', 'example.com/a.b_c': 'X-1' } })).toEqual({})
  })
  test('that stay off Nodes are hinted, not refused', () => {
    expect(hinted({ labels: { tier: 'backend', 'node-role.kubernetes.io/worker': '', 'eu.node-restriction.kubernetes.io/a': 'b', 'node.cluster.x-k8s.io/x': 'y' } })).toEqual({
      labels: 'tier stays on the machines and does not reach Nodes. Only labels of node-role.kubernetes.io, node-restriction.kubernetes.io and node.cluster.x-k8s.io do.',
    })
    expect(hinted({ labels: { 'evilnode.cluster.x-k8s.io/x': '', 'x.node-role.kubernetes.io/x': '' } }).labels).toMatch(/stay on the machines/)
  })
})

test('taints have a name, a value and an effect, are not the platform’s, and not there twice', () => {
  const gpu = { key: 'example.com/gpu', value: '', effect: 'NoSchedule' } as const
  expect(said({ taints: [gpu, { ...gpu, effect: 'NoExecute' }] })).toEqual({})
  expect(said({ taints: [gpu, { ...gpu, value: 'x' }] })['taints.1']).toBe('example.com/gpu with NoSchedule is there twice.')
  expect(Object.keys(said({ taints: [{ ...gpu, key: 'a b', value: 'c d' }] }))).toEqual(['taints.0.key', 'taints.0.value'])
  for (const key of ['node.cluster.x-k8s.io/uninitialized', 'node.kubernetes.io/not-ready', 'node.cloudprovider.kubernetes.io/uninitialized']) expect(said({ taints: [{ ...gpu, key }] })['taints.0.key']).toMatch(/by the platform/)
  expect(said({ taints: [{ ...gpu, key: 'node.kubernetes.io/out-of-service' }] })).toEqual({})
  expect(poolSpec(around).safeParse({ ...general, taints: [{ ...gpu, effect: 'Never' }] }).success).toBe(false)
})

describe('strategy', () => {
  const rolling = (surge: number | string, unavailable: number | string) => said({ strategy: { kind: 'rolling', surge, unavailable } })
  test('leaves a way to replace a machine', () => {
    for (const [surge, unavailable] of [[0, 0], ['0%', 0], [0, '0%']] as const) expect(rolling(surge, unavailable)['strategy.surge']).toMatch(/no machine can ever be replaced/)
    for (const [surge, unavailable] of [[0, 1], [1, 0], ['25%', 0], [0, '10%']] as const) expect(rolling(surge, unavailable)).toEqual({})
  })
  test('counts machines or percent', () => {
    expect(rolling('some', 0)['strategy.surge']).toBe('“some” is neither a number nor a percentage such as 25%.')
    expect(rolling(-1, '101%')).toEqual({ 'strategy.surge': 'Machines can be 0 to 100, not -1.', 'strategy.unavailable': 'The percentage can be 0 to 100, not 101.' })
  })
  test('on delete is hinted', () => {
    expect(hinted({ strategy: { kind: 'on-delete' } }).strategy).toMatch(/only after somebody deletes it/)
  })
})

test('no wait is endless', () => {
  const zero = said({ timeouts: { drainSeconds: 0, volumeDetachSeconds: 0, deletionSeconds: 0 } })
  expect(zero['timeouts.drainSeconds']).toBe('The drain needs a limit: 0 would wait for ever.')
  expect(Object.keys(zero)).toEqual(['timeouts.drainSeconds', 'timeouts.volumeDetachSeconds', 'timeouts.deletionSeconds'])
  expect(said({ timeouts: { ...general.timeouts, drainSeconds: -5 } })['timeouts.drainSeconds']).toBe('The drain, in seconds, can be 1 to 86400, not -5.')
  const { volumeDetachSeconds, deletionSeconds } = general.timeouts
  expect(poolSpec(around).safeParse({ ...general, timeouts: { volumeDetachSeconds, deletionSeconds } }).success).toBe(false)
})

test('repair has bounds while it is on, and a share that never repairs is hinted', () => {
  const repair = { on: true, nodeStartupSeconds: 60, unhealthySeconds: 10, maxUnhealthy: 'all' }
  expect(Object.keys(said({ repair }))).toEqual(['repair.nodeStartupSeconds', 'repair.unhealthySeconds', 'repair.maxUnhealthy'])
  expect(said({ repair: { ...repair, on: false } })).toEqual({})
  expect(hinted({ size: { kind: 'fixed', replicas: 2 }, repair: { ...general.repair, maxUnhealthy: '40%' } })).toEqual({ 'repair.maxUnhealthy': '40% of 2 machines is less than one, so none would ever be repaired.' })
})

test('zones exist and can be used, where zones are known', () => {
  expect(said({ zones: ['north'] }, { zones: ['south', 'east'] }).zones).toBe('There is no zone “north” that this cluster can use. Choose south and east.')
  expect(said({ zones: ['north'] }, { zones: [] }).zones).toMatch(/It has none/)
  expect(said({ zones: ['north'] }, { zones: ['north'] })).toEqual({})
  expect(said({ zones: ['north'] })).toEqual({})
  expect(said({ zones: ['a', 'a'] }).zones).toBe('a is there twice.')
  expect(said({ zones: ['gone'] }, { zones: [], before: { ...general, zones: ['gone'] } })).toEqual({})
})

test('several zones need names that machines can have, and a machine each', () => {
  expect(said({ zones: ['a', 'b.example'] }).zones).toMatch(/b\.example has a name that machines cannot have/)
  expect(said({ zones: ['b.example'] })).toEqual({})
  expect(said({ zones: ['a', 'z'.repeat(40)] }).zones).toMatch(/can have 3 characters.*general has 7/)
  expect(said({ zones: ['a', 'b', 'c'], size: { kind: 'autoscaled', min: 0, max: 2 } })['size.max']).toBe('3 zones need a largest size of at least 3, one machine each.')
})

test('a version is complete', () => {
  for (const version of ['', '1.35.2', 'v1.35', 'v1.35.2\n']) expect(said({ version }).version, version).toBeDefined()
})
