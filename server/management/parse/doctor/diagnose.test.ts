import { describe, expect, test } from 'vitest'
import { CAUSES, dueFindings, type Finding } from '@/lib/doctor/finding'
import { at, claimingFrom, cluster, cond, controlPlane, infrastructure, ipPool, machineAt, parts, probe, raw } from '@/server/management/parse/fixtures'
import type { ClusterParts } from '@/server/management/parse/parts'
import { diagnose } from '@/server/management/parse/doctor/diagnose'

const deleted = { metadata: { deletionTimestamp: at(40) } }
const going = cluster([probe('True'), cond('Deleting', 'True', 'WaitingForWorkersDeletion')], deleted)
const only = (change: Partial<ClusterParts>): readonly Finding[] => diagnose(parts(change))
const leaving = (reason: string, message = '', metadata = {}, spec = {}) =>
  machineAt('ready', 'aaaaa', { metadata: { ...deleted.metadata, ...metadata }, spec, conditions: [cond('Deleting', 'True', reason, message, at(41))] })
const CAPV = 'infrastructure.cluster.x-k8s.io/v1beta2'
const withFinalizers = (kind: string, name: string, finalizers: readonly string[], status = {}) => raw(CAPV, kind, name, { metadata: { ...deleted.metadata, finalizers }, status })

test('a settled cluster has no findings, nor has a deletion that takes its course', () => {
  expect(only({})).toEqual([])
  const minute = Date.parse(at(42))
  expect(dueFindings(only({ cluster: going, machines: [leaving('WaitingForInfrastructureDeletion')] }), minute)).toEqual([])
  expect(only({ cluster: going, machines: [], machineDeployments: [] })).toMatchObject([{ cause: 'pool-protection', from: '2026-11-21T14:41:00.000Z' }])
})

test('causes come in the order in which each stops the rest', () => {
  const held = cluster([], { ...deleted, spec: { paused: true } })
  const found = only({ cluster: held, machines: [leaving('WaitingForPreTerminateHook')], infrastructure: infrastructure([cond('VCenterAvailable', 'False', 'VCenterUnreachable', 'connection refused')]) })
  expect(found.map(({ cause }) => cause)).toEqual(['paused', 'pre-terminate-hook', 'vcenter-away'])
  expect(new Set(CAUSES).size).toBe(CAUSES.length)
})

describe('paused', () => {
  test('by spec, by annotation, or one of its objects alone; each can be resumed', () => {
    const spec = only({ cluster: cluster([cond('Paused', 'True', 'Paused', '', at(39))], { ...deleted, spec: { paused: true } }) })
    expect(spec[0]).toMatchObject({ cause: 'paused', subject: 'Cluster/blue-1', field: 'spec.paused: true', since: at(39), next: { act: 'resume', object: 'Cluster/blue-1' }, sentence: 'It is paused; deletion goes on once it is resumed' })
    const annotated = only({ cluster: cluster([], { metadata: { annotations: { 'cluster.x-k8s.io/paused': '' } } }) })
    expect(annotated[0]).toMatchObject({ field: 'metadata.annotations: cluster.x-k8s.io/paused', sentence: 'It is paused; nothing is changed or repaired until it is resumed' })
    const one = machineAt('ready', 'aaaaa', { metadata: { annotations: { 'cluster.x-k8s.io/paused': 'true' } } })
    expect(only({ machines: [one] })[0]).toMatchObject({ subject: 'Machine/blue-1-general-abcde-aaaaa', next: { act: 'resume', object: 'Machine/blue-1-general-abcde-aaaaa' }, sentence: 'general-aaaaa is paused by itself (Machine)' })
  })
})

describe('a machine that leaves', () => {
  const hook = 'pre-drain.delete.hook.machine.cluster.x-k8s.io/backup'
  test('is held by a hook, which is named', () => {
    const found = only({ machines: [leaving('WaitingForPreDrainHook', `Waiting for pre-drain hooks to succeed (hooks: ${hook})`)] })
    expect(found).toMatchObject([{ cause: 'pre-drain-hook', weight: 'held', sentence: 'The hook backup holds general-aaaaa before its pods are moved', since: at(41), next: null, lastResorts: [{ act: 'hooks', object: 'Machine/blue-1-general-abcde-aaaaa', keys: [hook] }] }])
  })
  test('takes from the message no annotation but a hook’s', () => {
    const found = only({ machines: [leaving('WaitingForPreDrainHook', 'Waiting for pre-drain hooks to succeed (hooks: cluster.x-k8s.io/paused,other)')] })
    expect(found[0]).toMatchObject({ sentence: 'A hook holds general-aaaaa before its pods are moved', lastResorts: [] })
  })
  test('is held by a disruption budget, with a limit or without, and the drain can be skipped once', () => {
    const budget = 'Drain not completed yet (started at 2026-11-21T14:41:00Z):\n* Pod shop/web-1: cannot evict pod as it would violate the pod\'s disruption budget.'
    expect(only({ machines: [leaving('DrainingNode', budget)] })).toMatchObject([{ cause: 'drain', weight: 'held', sentence: 'A disruption budget keeps pods on general-aaaaa, without a time limit', next: { act: 'skip-drain' } }])
    expect(only({ machines: [leaving('DrainingNode', budget, {}, { deletion: { nodeDrainTimeoutSeconds: 600 } })] })[0]?.sentence).toBe('A disruption budget keeps pods on general-aaaaa')
    const skipped = { annotations: { 'machine.cluster.x-k8s.io/exclude-node-draining': '' } }
    expect(only({ machines: [leaving('DrainingNode', budget, skipped)] })[0]).toMatchObject({ weight: 'waits', next: null, sentence: 'The drain of general-aaaaa is skipped' })
    expect(only({ machines: [leaving('DrainingNode', 'Drain not completed yet')] })[0]).toMatchObject({ weight: 'waits', sentence: 'Pods are moving away from general-aaaaa, without a time limit' })
  })
  test('waits for its volumes, and need not', () => {
    expect(only({ machines: [leaving('WaitingForVolumeDetach', 'Waiting for Node volumes to be detached')] })[0]).toMatchObject({ cause: 'volume-detach', weight: 'waits', next: { act: 'skip-volume-detach', object: 'Machine/blue-1-general-abcde-aaaaa' } })
  })
  test('is not held by pre-drain hooks, drain and volumes when the whole cluster goes: Cluster API skips them', () => {
    for (const reason of ['WaitingForPreDrainHook', 'DrainingNode', 'WaitingForVolumeDetach']) expect(only({ cluster: going, machines: [leaving(reason, 'budget')] })).toEqual([])
    expect(only({ cluster: going, machines: [leaving('WaitingForPreTerminateHook')] })).toMatchObject([{ cause: 'pre-terminate-hook' }])
  })
})

const away = (message: string) => ({ conditions: [cond('VCenterAvailable', 'False', 'VCenterUnreachable', message, at(42))] })
const vm = (id: string, message: string) => {
  const machine = machineAt('ready', id, { ...deleted, vm: away(message) })
  return machine.vsphereVm === null ? machine : { ...machine, vsphereVm: { ...machine.vsphereVm, metadata: { ...machine.vsphereVm.metadata, deletionTimestamp: at(41), finalizers: ['vspherevm.infrastructure.cluster.x-k8s.io'] } } }
}

describe('vCenter', () => {
  test.each([
    ['ServerFaultCode: Cannot complete login due to an incorrect user name or password.', 'credentials-refused'],
    ['failed to create vCenter session: failed to create client: failed to login: ServerFaultCode: Login failure', 'credentials-refused'],
    ['failed to get credentials from IdentityRef: secrets "vc-south" not found', 'credentials-gone'],
    ['failed to get credentials from IdentityRef: identity isn\'t ready to be used yet', 'credentials-gone'],
    ['Post "https://vc/sdk": dial tcp 10.0.0.1:443: connect: connection refused', 'vcenter-away'],
  ] as const)('%s', (message, expected) => {
    const found = only({ cluster: going, machines: [vm('aaaaa', message), vm('bbbbb', message)] })
    expect(found).toMatchObject([{ cause: expected, weight: 'held', since: at(42), next: { act: 'look-again', object: 'VSphereVM/blue-1-general-abcde-aaaaa' }, subject: 'VSphereVM/blue-1-general-abcde-aaaaa' }])
    expect(found[0]?.sentence).toMatch(/; 2 machines wait for it$/)
    expect(found[0]?.lastResorts.map(({ object }) => object)).toEqual(['VSphereVM/blue-1-general-abcde-aaaaa', 'VSphereVM/blue-1-general-abcde-bbbbb'])
  })
  test('offers to let go of no VM that stays', () => {
    expect(only({ machines: [machineAt('ready', 'aaaaa', { vm: away('connection refused') })] })[0]?.lastResorts).toEqual([])
  })
  test('that refuses to remove a VM is quoted; one that takes its time is said after 10 minutes', () => {
    const refused = machineAt('ready', 'aaaaa', { ...deleted, conditions: [cond('Deleting', 'True', 'WaitingForInfrastructureDeletion', '', at(41))], vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'Deleting', 'the operation is not allowed in the current state')] } })
    expect(only({ cluster: going, machines: [refused] })).toMatchObject([{ cause: 'infrastructure', weight: 'held', from: null, sentence: 'vCenter does not remove the VM of general-aaaaa: the operation is not allowed in the current state' }])
    const busy = machineAt('ready', 'aaaaa', { ...deleted, conditions: [cond('Deleting', 'True', 'WaitingForInfrastructureDeletion', '', at(41))], vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'Deleting')] } })
    const slow = only({ cluster: going, machines: [busy] })
    expect(slow).toMatchObject([{ cause: 'infrastructure', weight: 'waits', from: '2026-11-21T14:51:00.000Z' }])
    expect(dueFindings(slow, Date.parse('2026-11-21T14:51:01Z'))).toHaveLength(1)
  })
})

test('a VM that CAPV has not begun to remove after a minute tells of a sign-in that fails in silence', () => {
  const silent = vm('aaaaa', '')
  const found = only({ cluster: going, machines: [{ ...silent, machine: leaving('WaitingForInfrastructureDeletion').machine, vsphereVm: silent.vsphereVm && { ...silent.vsphereVm, status: { conditions: [cond('VCenterAvailable', 'True', 'Available'), cond('VirtualMachineProvisioned', 'True', 'Provisioned')] } } }] })
  expect(found).toMatchObject([{ cause: 'infrastructure', weight: 'held', from: '2026-11-21T14:42:00.000Z', sentence: 'CAPV has not begun to remove the VM of general-aaaaa: it can’t sign in to vCenter, or it does not run', lastResorts: [{ object: 'VSphereVM/blue-1-general-abcde-aaaaa' }] }])
})

test('an identity that is gone, or lost its credentials, is named before CAPV has noticed', () => {
  const named = (status: object) => raw(CAPV, 'VSphereClusterIdentity', 'vc-south', { status: { ...status } })
  expect(only({ identity: null })).toMatchObject([{ cause: 'credentials-gone', subject: 'VSphereCluster/blue-1', sentence: 'The vSphere identity vc-south does not exist any more', lastResorts: [] }])
  expect(only({ identity: named({ conditions: [cond('Available', 'False', 'SecretNotAvailable', 'Secret "vc-south" not found')] }) })).toMatchObject([{ cause: 'credentials-gone', sentence: 'The vSphere identity vc-south has no credentials: Secret "vc-south" not found' }])
  expect(only({ identity: null, cluster: going, machines: [vm('aaaaa', 'x')] })[0]?.lastResorts).toHaveLength(1)
  expect(only({ identity: named({ ready: true, conditions: [cond('Available', 'True', 'Available')] }) })).toEqual([])
})

describe('what is left when the machines are gone', () => {
  const bare = { cluster: going, machines: [], machineDeployments: [], ipPool: null }
  test('a VM that no machine leads to, and an address kept for it', () => {
    const loose = [withFinalizers('VSphereVM', 'blue-1-general-abcde-aaaaa', ['vspherevm.infrastructure.cluster.x-k8s.io']), withFinalizers('IPAddressClaim', 'blue-1-general-abcde-aaaaa-0-0', ['vspherevm.infrastructure.cluster.x-k8s.io/ip-claim-protection'])]
    const found = only({ ...bare, loose })
    expect(found.map(({ cause, subject }) => [cause, subject])).toEqual([['infrastructure', 'VSphereVM/blue-1-general-abcde-aaaaa'], ['address-claims', 'IPAddressClaim/blue-1-general-abcde-aaaaa-0-0']])
    expect(found[1]).toMatchObject({ lastResorts: [{ act: 'protection', keys: ['vspherevm.infrastructure.cluster.x-k8s.io/ip-claim-protection'] }] })
    // Objects of different kinds are read apart: for a moment an ordinary one looks left behind.
    expect(found.every(({ from }) => from !== null)).toBe(true)
  })
  test('a pool that others use, while the cluster goes', () => {
    expect(only({ ...bare, ipPool: ipPool(5, 2) })).toMatchObject([{ cause: 'pool-protection', sentence: 'Address pool blue-1 stays: 2 addresses of it are in use', field: 'status.ipAddresses.used: 2' }])
    expect(only({ ...bare, ipPool: ipPool(5, 0) })).toEqual([])
    expect(only({ ...bare, ipPool: ipPool(5, 0), morePools: [ipPool(5, 2, 'storage')] })).toMatchObject([{ cause: 'pool-protection', subject: 'InClusterIPPool/storage', sentence: 'Address pool storage stays: 2 addresses of it are in use' }])
  })
  test('a control plane that does not go, and a datastore that Kamaji complains of', () => {
    const removing = { ...controlPlane(), metadata: { ...controlPlane().metadata, deletionTimestamp: at(41), finalizers: ['example.com/keep'] } }
    expect(only({ ...bare, controlPlane: removing })).toMatchObject([{ cause: 'control-plane', from: '2026-11-21T14:43:00.000Z', lastResorts: [{ object: 'KamajiControlPlane/blue-1', keys: ['example.com/keep'] }] }])
    const refused = controlPlane({ conditions: [cond('KamajiControlPlaneIsReady', 'False', 'Pending', 'DataStore "gold" is not ready')] })
    expect(only({ controlPlane: refused })).toMatchObject([{ cause: 'datastore', sentence: 'The control plane’s datastore: DataStore "gold" is not ready' }])
  })
  test('a protection that nobody here set is named once the known ones are gone', () => {
    const kept = leaving('DeletionCompleted', '', { finalizers: ['example.com/keep'] })
    expect(only({ cluster: going, machines: [kept] })).toMatchObject([{ cause: 'foreign-protection', weight: 'held', from: null, subject: 'Machine/blue-1-general-abcde-aaaaa', lastResorts: [{ act: 'protection', keys: ['example.com/keep'] }] }])
    expect(only({ cluster: going, machines: [leaving('DrainingNode', '', { finalizers: ['example.com/keep', 'machine.cluster.x-k8s.io'] })] })).toEqual([])
    const pool = { ...ipPool(5, 0, 'storage'), metadata: { name: 'storage', deletionTimestamp: at(41), finalizers: ['example.com/keep'] } }
    expect(only({ ...bare, morePools: [pool] })).toMatchObject([{ cause: 'foreign-protection', subject: 'InClusterIPPool/storage' }])
    expect(only({ ...bare, cluster: cluster([], { metadata: { ...deleted.metadata, finalizers: ['foregroundDeletion'] } }) })).toEqual([])
  })
  test('an error in Cluster API’s log is pointed to when it lasts', () => {
    expect(only({ ...bare, cluster: cluster([cond('Deleting', 'True', 'InternalError', 'Please check controller logs for errors')], deleted) })).toMatchObject([{ cause: 'controller-error', from: '2026-11-21T14:42:00.000Z', logs: { namespace: 'capi-system', about: 'blue-1' } }])
  })
})

describe('a machine that does not join', () => {
  test('for want of a template', () => {
    const machine = machineAt('cloning', 'aaaaa', { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', "vm 'ubuntu-9' not found", at(3))] } })
    expect(only({ machines: [machine] })).toMatchObject([{ cause: 'template', weight: 'held', from: null, sentence: 'general-aaaaa: vSphere has no VM template ubuntu-9', logs: { namespace: 'capv-system' } }])
  })
  test('for want of an address', () => {
    const machine = machineAt('waiting-address', 'aaaaa')
    expect(only({ machines: [machine], ipPool: ipPool(0, 8) })).toMatchObject([{ cause: 'address', weight: 'held', from: null, field: 'status.ipAddresses.free: 0', logs: { namespace: 'capi-ipam-in-cluster-system' } }])
    expect(only({ machines: [machine] })).toMatchObject([{ cause: 'address', weight: 'waits' }])
    expect(only({ machines: [machine] })[0]?.from).not.toBeNull()
  })
  test('for want of an address of the pool that it claims from, of several', () => {
    const waits = (...pools: readonly string[]) => claimingFrom(machineAt('waiting-address', 'aaaaa'), ...pools)
    const pools = { ipPool: ipPool(5), morePools: [ipPool(0, 8, 'storage')] }
    expect(only({ ...pools, machines: [waits('blue-1', 'storage')] })).toMatchObject([{ weight: 'held', subject: 'IPAddressClaim/blue-1-general-abcde-aaaaa-1-0', sentence: 'general-aaaaa waits for an address: pool storage has none free' }])
    expect(only({ ...pools, machines: [waits('blue-1')] })).toMatchObject([{ weight: 'waits', field: 'status.ipAddresses.free: 5' }])
    expect(only({ ...pools, machines: [waits('of-others')] })).toMatchObject([{ weight: 'waits', field: null }])
    const going = (pool: string) => claimingFrom(leaving('DrainingNode'), pool)
    expect(only({ ...pools, machines: [waits('storage'), going('blue-1')] }).find(({ cause }) => cause === 'address')).toMatchObject({ weight: 'held' })
    expect(only({ ...pools, machines: [waits('storage'), going('storage')] }).find(({ cause }) => cause === 'address')).toMatchObject({ weight: 'waits' })
  })
  test('for want of start-up data', () => {
    const machine = { ...machineAt('requested', 'aaaaa'), bootstrap: raw('bootstrap.cluster.x-k8s.io/v1beta2', 'KubeadmConfig', 'blue-1-general-abcde-aaaaa', { status: { conditions: [cond('DataSecretAvailable', 'False', 'NotAvailable', 'failed to get secret proxy')] } }) }
    expect(only({ machines: [machine] })).toMatchObject([{ cause: 'bootstrap', weight: 'held', logs: { namespace: 'capi-kubeadm-bootstrap-system' } }])
  })
  test('because no node carries its ID: after ten minutes, with both reasons', () => {
    const found = only({ machines: [machineAt('bootstrapping', 'aaaaa')] })
    expect(found).toMatchObject([{ cause: 'node', from: '2026-11-21T14:14:00.000Z' }])
    expect(found[0]?.sentence).toContain('node.cloudprovider.kubernetes.io/uninitialized')
    expect(dueFindings(found, Date.parse(at(13)))).toEqual([])
  })
  test('is not looked for in a paused cluster, or in one that goes', () => {
    const machines = [machineAt('bootstrapping', 'aaaaa')]
    expect(only({ machines, cluster: cluster([], { spec: { paused: true } }) }).map(({ cause }) => cause)).toEqual(['paused'])
    expect(only({ machines, cluster: going, ipPool: null })).toEqual([])
  })
})

test('a hundred machines with one cause stay five findings and a count', () => {
  const machines = Array.from({ length: 100 }, (_, index) => machineAt('waiting-address', `m${String(index).padStart(4, '0')}`))
  const found = only({ machines, ipPool: ipPool(0, 8) })
  expect(found).toHaveLength(5)
  expect(found.map(({ more }) => more)).toEqual([95, 0, 0, 0, 0])
})
