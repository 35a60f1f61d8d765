import { describe, expect, test } from 'vitest'
import { clusterView } from '@/server/management/parse/cluster'
import { at, claimingFrom, cluster, cond, controlPlane, deployment, infrastructure, ipPool, machineAt, parts, probe, raw, template } from '@/server/management/parse/fixtures'
import type { ClusterParts } from '@/server/management/parse/parts'
import { trimObject } from '@/server/management/parse/trim'

const says = (change: Partial<ClusterParts> = {}): string => {
  const { state } = clusterView(parts(change))
  return state.sentence === null ? state.word : `${state.word}: ${state.sentence}`
}
const view = (change: Partial<ClusterParts> = {}) => clusterView(parts(change))
const counts = (replicas: number, ready: number, upToDate = replicas) => ({ replicas, readyReplicas: ready, upToDateReplicas: upToDate })
const deleted = { metadata: { deletionTimestamp: at(40) } }

test('a settled cluster is Ready, without a sentence, with its whole picture', () => {
  expect(view()).toMatchObject({
    state: { word: 'Ready', role: 'ok', sentence: null, percent: null },
    group: 'settled',
    tenant: 'team-blue',
    version: { desired: 'v1.35.2', current: 'v1.35.2' },
    controlPlane: { replicas: 3, readyReplicas: 3, answers: true, state: { word: 'Ready' } },
    endpoint: { host: '10.40.12.21', port: 6443 },
    identity: 'vc-south',
    placement: { server: 'vc.example.com', network: 'VM Network', template: 'ubuntu' },
    networks: { pods: ['10.244.0.0/16'], services: ['10.96.0.0/16'] },
    addresses: { kind: 'pool', pool: 'blue-1', total: 8, used: 3, free: 5 },
    pools: [{ name: 'general', machineDeployment: 'blue-1-general', version: 'v1.35.2', desired: 3, ready: 3, cpus: 4, memoryMiB: 16384, diskGiB: 60, surge: 1, state: { word: 'Ready' } }],
    machines: { desired: 3, ready: 3, total: 3 },
    kubeconfig: { ready: true },
    remaining: [],
  })
})

test('how large a part of the pod network each machine gets is read from what the controller manager is told', () => {
  const told = controlPlane({ spec: { controllerManager: { extraArgs: ['--v=2', '--node-cidr-mask-size=25'] } } })
  expect(view({ controlPlane: trimObject(told) }).networks).toMatchObject({ pods: ['10.244.0.0/16'], nodeMask: 25 })
  expect(view().networks).not.toHaveProperty('nodeMask')
})

test('the same objects give the same view', () => {
  expect(JSON.stringify(view())).toBe(JSON.stringify(view()))
})

describe('creating', () => {
  const fresh = { machineDeployments: [], machineTemplates: [], machines: [], ipPool: null }
  const unborn = cluster([probe('False', 'Remote connection not established yet')])
  test('says which part comes next, before the control plane answers', () => {
    expect(says({ ...fresh, cluster: cluster([]), controlPlane: null, infrastructure: null })).toBe('Creating: The control plane is not made yet')
    expect(says({ ...fresh, cluster: unborn, controlPlane: controlPlane({ status: { ready: false }, conditions: [cond('TenantControlPlaneAddressReady', 'False', 'Failed', 'unprocessed by Kamaji')] }) })).toBe('Creating: The control plane waits for an address of its load balancer')
    expect(says({ ...fresh, cluster: unborn, controlPlane: controlPlane({ status: { ready: false } }) })).toBe('Creating: The control plane is starting')
    expect(says({ ...fresh, cluster: unborn, controlPlane: controlPlane({ status: { ready: true } }) })).toBe('Creating: The control plane runs; its API has not answered yet')
  })

  test('“initialized” alone is not believed: the API must have answered', () => {
    const premature = view({ cluster: cluster([cond('ControlPlaneInitialized', 'True', 'Initialized'), cond('ControlPlaneAvailable', 'True', 'Available'), probe('False', 'Remote connection probe failed')]) })
    expect(premature.state.word).toBe('Creating')
    expect(premature.controlPlane).toMatchObject({ answers: false, state: { word: 'Creating' } })
    expect(premature.kubeconfig).toEqual({ ready: false, waitsFor: 'the API to answer' })
  })

  test('counts machines that have joined and says what the next waits for', () => {
    const joining = (...machines: ClusterParts['machines']) => says({ machineDeployments: [deployment(3, counts(machines.length, 2))], machines })
    expect(joining(machineAt('ready', 'aaaaa'), machineAt('ready', 'bbbbb'), machineAt('waiting-address', 'x7k2p'))).toBe('Creating: 2 of 3 machines have joined; general-x7k2p waits for an address')
    expect(joining(machineAt('ready', 'aaaaa'), machineAt('ready', 'bbbbb'), machineAt('bootstrapping', 'x7k2p'))).toBe('Creating: 2 of 3 machines have joined; general-x7k2p is bootstrapping')
    expect(joining(machineAt('cloning', 'aaaaa'), machineAt('cloning', 'bbbbb'), machineAt('cloning', 'x7k2p'))).toBe('Creating: 0 of 3 machines have joined; 3 are being cloned')
    expect(joining()).toBe('Creating: 0 of 3 machines have joined')
  })

  test('its percent grows from step to step and ends below 100', () => {
    const three = (stage: Parameters<typeof machineAt>[0]) => ({ machineDeployments: [deployment(3, counts(3, 0))], machines: ['a', 'b', 'c'].map((id) => machineAt(stage, `${id}aaaa`)) })
    const percents = [
      view({ ...fresh, cluster: cluster([]), controlPlane: null, infrastructure: null }), view({ ...fresh, cluster: unborn, controlPlane: controlPlane({ status: { ready: false } }) }),
      ...(['requested', 'waiting-address', 'bootstrapping', 'joining'] as const).map((stage) => view(three(stage))),
    ].map(({ state }) => state.percent ?? -1)
    expect(percents).toEqual([...percents].sort((a, b) => a - b))
    expect(percents[0]).toBe(0)
    expect(percents.at(-1)).toBeLessThan(100)
  })
})

describe('stalled', () => {
  test('by a sign-in that vCenter refuses', () => {
    const refused = infrastructure([cond('VCenterAvailable', 'False', 'VCenterUnreachable', 'unexpected error while probing vcenter: ServerFaultCode: Cannot complete login due to an incorrect user name or password.')])
    expect(says({ infrastructure: refused })).toBe('Stalled: The vSphere identity vc-south cannot sign in to vCenter: its user name or password is wrong or has expired')
    expect(view({ infrastructure: refused })).toMatchObject({ group: 'needs-you', state: { condition: { type: 'VCenterAvailable', reason: 'VCenterUnreachable' } } })
  })

  test('by a vCenter that does not answer, and by an identity that this tenant may not use', () => {
    const vcenter = (message: string) => says({ infrastructure: infrastructure([cond('VCenterAvailable', 'False', 'VCenterUnreachable', message)]) })
    expect(vcenter('Post "https://vc.example.com/sdk": dial tcp: i/o timeout')).toBe('Stalled: vCenter vc.example.com does not answer')
    expect(vcenter('allowedNamespaces set to nil, no namespaces are allowed to use this identity')).toBe('Stalled: The vSphere identity vc-south may not be used in this tenant')
    expect(vcenter('tls: failed to verify certificate: x509: unknown authority')).toBe('Stalled: vCenter vc.example.com shows another certificate than expected')
  })

  test('by an address pool without a free address, but not while a leaving machine will free one', () => {
    const waiting = { machineDeployments: [deployment(3, counts(3, 2))], ipPool: ipPool(0, 8), machines: [machineAt('ready', 'aaaaa'), machineAt('ready', 'bbbbb'), machineAt('waiting-address', 'x7k2p')] }
    expect(says(waiting)).toBe('Stalled: No free address in pool blue-1; general-x7k2p waits for one')
    expect(says({ ...waiting, machines: [...waiting.machines, machineAt('ready', 'ddddd', deleted)] })).not.toMatch(/^Stalled/)
    expect(says({ ...waiting, ipPool: ipPool(1) })).not.toMatch(/^Stalled/)
  })

  test('by the address pool that a machine waits for, of several', () => {
    const two = (free: number, more: number, ...from: readonly string[]) => says({ machineDeployments: [deployment(3, counts(3, 2))], ipPool: ipPool(free), morePools: [ipPool(more, 8, 'storage')], machines: [machineAt('ready', 'aaaaa'), claimingFrom(machineAt('waiting-address', 'x7k2p'), ...from)] })
    expect(two(5, 0, 'blue-1', 'storage')).toBe('Stalled: No free address in pool storage; general-x7k2p waits for one')
    expect(two(0, 5, 'storage')).not.toMatch(/^Stalled/)
    expect(two(0, 0, 'of-others')).not.toMatch(/^Stalled/)
  })

  test('by what Kamaji refuses, with its own words', () => {
    const message = 'cannot create or update TenantControlPlane: admission webhook "vtenantcontrolplane.kb.io" denied the request: unable to upgrade to v1.99.0, above the supported version'
    expect(says({ controlPlane: controlPlane({ conditions: [cond('TenantControlPlaneCreated', 'True', 'x')], status: { conditions: [cond('TenantControlPlaneCreated', 'False', 'Pending', message)] } }) })).toBe('Stalled: Kamaji refuses the control plane: unable to upgrade to v1.99.0, above the supported version')
    expect(says({ controlPlane: controlPlane({ status: { conditions: [cond('TenantControlPlaneCreated', 'False', 'Pending', 'the object has been modified; please apply')] } }) })).toBe('Ready')
  })

  test('by a clone that vCenter refuses', () => {
    const broken = machineAt('cloning', 'x7k2p', { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', 'no space left')] } })
    expect(says({ machineDeployments: [deployment(1, counts(1, 0))], machines: [broken] })).toBe('Stalled: general-x7k2p: vCenter could not clone it: no space left')
    const lost = 'error getting network specs for "infrastructure.cluster.x-k8s.io/v1beta2, Kind=VSphereVM team-blue/blue-1-general-x7k2p": unable to find network "vlan-99": network \'vlan-99\' not found'
    const stuck = ['aaaaa', 'bbbbb'].map((name) => machineAt('cloning', name, { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', lost)] } }))
    expect(says({ machineDeployments: [deployment(2, counts(2, 0))], machines: stuck })).toBe('Stalled: 2 machines: vSphere has no network vlan-99')
  })

  test('by versions that no longer fit or a template that is gone, not by a control plane that is still changing', () => {
    const growing = (message: string) => {
      const set = raw('cluster.x-k8s.io/v1beta2', 'MachineSet', 'blue-1-general-abcde', { metadata: { labels: { 'cluster.x-k8s.io/deployment-name': 'blue-1-general' } }, status: { conditions: [cond('ScalingUp', 'True', 'ScalingUp', message)] } })
      return says({ machineSets: [set], machineDeployments: [deployment(4, counts(3, 3), { metadata: { generation: 2 } })] })
    }
    expect(growing('Scaling up from 3 to 4 replicas is blocked because:\n* MachineSet version (1.34.3) and ControlPlane version (1.35.2) do not conform to kubeadm version skew policy ("KubeadmVersionSkew" preflight check failed)')).toBe('Stalled: Pool general cannot grow: its version no longer fits the control plane’s; upgrade the pool')
    expect(growing('Scaling up from 3 to 4 replicas is blocked because:\n* because VSphereMachineTemplate does not exist')).toBe('Stalled: Pool general cannot grow: its VSphereMachineTemplate is gone')
    expect(growing('Scaling up from 3 to 4 replicas is blocked because:\n* KamajiControlPlane blue/blue-1 is provisioning ("ControlPlaneIsStable" preflight check failed)')).toBe('Scaling: 3 of 4 machines have joined')
  })

  test('by a quota, or by what else the API server refuses a machine for', () => {
    const growing = (reason: string, message: string) => {
      const old = { type: 'MachinesCreated', status: 'False', severity: 'Error', reason, message, lastTransitionTime: at(5) }
      const set = raw('cluster.x-k8s.io/v1beta2', 'MachineSet', 'blue-1-general-abcde', { metadata: { labels: { 'cluster.x-k8s.io/deployment-name': 'blue-1-general' } }, status: { deprecated: { v1beta1: { conditions: [old] } } } })
      return says({ machineSets: [trimObject(set)], machineDeployments: [deployment(4, counts(3, 3), { metadata: { generation: 2 } })] })
    }
    const quota = 'machines.cluster.x-k8s.io "blue-1-general-abcde-x7k2p" is forbidden: exceeded quota: team-blue, requested: count/machines.cluster.x-k8s.io=1, used: 3, limited: 3'
    expect(growing('MachineCreationFailed', quota)).toBe('Stalled: Pool general cannot grow: the quota team-blue is used up')
    expect(growing('InfrastructureTemplateCloningFailed', 'admission webhook "v.example.com" denied the request: too large')).toBe('Stalled: Pool general cannot grow: too large')
    expect(growing('PreflightCheckFailed', '"ControlPlaneIsStable" preflight check failed')).toBe('Scaling: 3 of 4 machines have joined')
  })

  test('by machines that could not be removed for long, in Cluster API’s own count of time', () => {
    const message = 'Scaling down from 4 to 3 replicas\n* Machine blue-1-general-abcde-x7k2p is in deletion since more than 15m, delay likely due to PodDisruptionBudgets'
    expect(says({ machineDeployments: [deployment(3, counts(4, 3), { conditions: [cond('ScalingDown', 'True', 'ScalingDown', message)] })] })).toBe('Stalled: general-x7k2p could not be removed for over 15 min: disruption budgets')
  })
})

describe('changing', () => {
  test('an upgrade of the control plane, then of the machines', () => {
    expect(says({ controlPlane: controlPlane({ status: { version: 'v1.34.3', ready: true } }) })).toBe('Upgrading: The control plane goes from 1.34.3 to 1.35.2; machines keep running')
    const old = (id: string) => machineAt('ready', id, { spec: { version: 'v1.34.3' }, conditions: [cond('UpToDate', 'False', 'NotUpToDate', '* Version v1.34.3, v1.35.2 required')] })
    const upgrading = { machineDeployments: [deployment(3, counts(4, 3, 2))], machines: [machineAt('ready', 'aaaaa'), machineAt('cloning', 'm4v7t'), old('ccccc'), old('ddddd')] }
    expect(says(upgrading)).toBe('Upgrading: To 1.35.2: machine 2 of 3 in pool general is being replaced; general-m4v7t is being cloned')
    expect(view(upgrading).state.percent).toBeGreaterThan(33)
  })

  test('a change of size replaces machines one by one', () => {
    const old = (id: string) => machineAt('ready', id, { conditions: [cond('UpToDate', 'False', 'NotUpToDate', '* VSphereMachine is not up-to-date')] })
    expect(says({ machineDeployments: [deployment(2, counts(2, 2, 0))], machines: [old('aaaaa'), old('bbbbb')] })).toBe('Replacing: Machine 1 of 2 in pool general is being replaced')
  })

  test('ends when the last old machine is gone, and a machine without a condition yet is no replacement', () => {
    const old = machineAt('ready', 'ccccc', { ...deleted, conditions: [cond('UpToDate', 'False', 'NotUpToDate')] })
    expect(says({ machineDeployments: [deployment(2, counts(3, 3, 2))], machines: [machineAt('ready', 'aaaaa'), machineAt('ready', 'bbbbb'), old] })).toBe('Replacing: Machine 2 of 2 in pool general is being replaced; general-ccccc is leaving')
    expect(says({ machineDeployments: [deployment(2, counts(2, 1, 1))], machines: [machineAt('ready', 'aaaaa'), machineAt('requested', 'bbbbb')] })).toMatch(/^Creating: 1 of 2/)
  })

  test('a later growth is Scaling, and so is the making anew of a lost machine', () => {
    const machines = [machineAt('ready', 'aaaaa'), machineAt('ready', 'bbbbb'), machineAt('cloning', 'x7k2p')]
    expect(says({ machineDeployments: [deployment(3, counts(3, 2), { metadata: { generation: 2 } })], machines })).toBe('Scaling: 2 of 3 machines have joined; general-x7k2p is being cloned')
    const late = machineAt('cloning', 'x7k2p', { metadata: { creationTimestamp: at(59) } })
    expect(says({ machineDeployments: [deployment(3, counts(3, 2))], machines: [...machines.slice(0, 2), late] })).toMatch(/^Scaling: 2 of 3/)
  })

  test('shrinking says how many leave and how many stay', () => {
    const machines = [machineAt('ready', 'aaaaa'), machineAt('ready', 'bbbbb'), machineAt('ready', 'ccccc', deleted)]
    expect(says({ machineDeployments: [deployment(2, counts(3, 3), { metadata: { generation: 2 } })], machines })).toBe('Scaling: 1 machine is leaving; 2 stay')
  })

  test('replicas of the control plane', () => {
    expect(says({ controlPlane: controlPlane({ spec: { replicas: 5 } }) })).toBe('Updating: The control plane goes from 3 to 5 replicas')
  })

  test('Pods of the control plane that are replaced, from the moment that it was asked for', () => {
    const replaced = 'Updating: The Pods of the control plane are replaced; machines keep running'
    expect(says({ controlPlane: controlPlane({ status: { replicas: 6, upToDateReplicas: 3 } }) })).toBe(replaced)
    expect(says({ controlPlane: controlPlane({ status: { replicas: 6, updatedReplicas: 3 } }) }), 'in the older contract').toBe(replaced)
    const seen = { ...cond('TenantControlPlaneCreated', 'True', 'Succeeded'), observedGeneration: 1 }
    const asked = (generation: number) => ({ ...controlPlane({ status: { conditions: [seen] } }), metadata: { name: 'blue-1', generation } })
    expect(says({ controlPlane: asked(2) })).toBe('Updating: Kamaji is about to change the control plane')
    expect(says({ controlPlane: asked(1) })).toMatch(/^Ready/)
  })
})

describe('degraded', () => {
  test('by nodes that stopped, which a repair may mend', () => {
    const broken = [machineAt('ready', 'aaaaa'), machineAt('not-ready', 'bbbbb'), machineAt('not-ready', 'ccccc')]
    expect(says({ machines: broken })).toBe('Degraded: 2 of 3 machines are not ready: general-bbbbb and general-ccccc')
    expect(says({ machines: broken.slice(0, 2), cluster: cluster([probe('True'), cond('Remediating', 'True', 'Remediating')]) })).toBe('Degraded: general-bbbbb: Its node is not ready: container runtime is down; repair is under way')
    expect(view({ machines: broken }).group).toBe('needs-you')
  })

  test('by an API that answered before and is silent now', () => {
    const silent = view({ cluster: cluster([probe('False', 'Remote connection probe failed, probe last succeeded at 2026-11-21T14:20:00Z')]) })
    expect(silent.state).toMatchObject({ word: 'Degraded', role: 'bad', sentence: 'The API does not answer the management cluster' })
    expect(silent.kubeconfig).toEqual({ ready: false, waitsFor: 'the API to answer' })
  })

  test('by a control plane that Kamaji calls not ready', () => {
    const conditions = [cond('KamajiControlPlaneIsReady', 'False', 'Failed', 'TenantControlPlane in CertificateAuthorityRotating status, enqueue back')]
    expect(says({ controlPlane: controlPlane({ status: { ready: false, conditions } }) })).toBe('Degraded: The control plane is getting a new certificate authority')
  })
})

test('a failure that Cluster API does not try again is Failed', () => {
  expect(says({ infrastructure: null, cluster: cluster([probe('True'), cond('InfrastructureReady', 'False', 'ObjectDeleted', 'VSphereCluster has been deleted while the cluster still exists')]) })).toBe('Failed: Its vSphere part was deleted while the cluster still exists')
})

test('a paused cluster says that nothing is changed or repaired, by spec or by annotation', () => {
  const sentence = 'Paused: Nothing is changed or repaired until it is resumed'
  expect(says({ cluster: cluster([probe('True')], { spec: { paused: true } }) })).toBe(sentence)
  expect(says({ cluster: cluster([probe('True')], { metadata: { annotations: { 'cluster.x-k8s.io/paused': '' } } }), machines: [machineAt('not-ready', 'aaaaa')] })).toBe(sentence)
})

describe('deleting', () => {
  const going = cluster([probe('True'), cond('Deleting', 'True', 'WaitingForWorkersDeletion', '* MachineDeployments: blue-1-general')], deleted)
  const leaving = (id: string) => machineAt('ready', id, deleted)
  test('counts machines, then names the parts that go after them', () => {
    expect(says({ cluster: going, machines: [leaving('aaaaa'), leaving('bbbbb')] })).toBe('Deleting: Machine 2 of 3 is leaving')
    expect(says({ cluster: going, machines: [] })).toBe('Deleting: 1 node pool is being removed')
    expect(says({ cluster: going, machines: [], machineDeployments: [] })).toBe('Deleting: The control plane is being removed')
    expect(says({ cluster: going, machines: [], machineDeployments: [], controlPlane: null })).toBe('Deleting: The vSphere part is being removed')
    expect(says({ cluster: going, machines: [], machineDeployments: [], controlPlane: null, infrastructure: null })).toBe('Deleting: The last objects are being removed')
  })

  test('lists what remains in the order in which it goes', () => {
    expect(view({ cluster: going, machines: [leaving('aaaaa')] }).remaining).toEqual(['Machine/blue-1-general-abcde-aaaaa', 'MachineDeployment/blue-1-general', 'KamajiControlPlane/blue-1', 'VSphereCluster/blue-1', 'Cluster/blue-1', 'InClusterIPPool/blue-1'])
    expect(view({ cluster: going, machines: [], machineDeployments: [], ipPool: ipPool(5, 0), morePools: [ipPool(5, 0, 'storage')] }).remaining.slice(-2)).toEqual(['InClusterIPPool/blue-1', 'InClusterIPPool/storage'])
  })

  test('its percent only grows', () => {
    const steps: Partial<ClusterParts>[] = [{ machines: [leaving('aaaaa'), leaving('bbbbb')] }, { machines: [leaving('aaaaa')] }, { machines: [] }, { machines: [], machineDeployments: [] }, { machines: [], machineDeployments: [], controlPlane: null }]
    const percents = steps.map((step) => view({ cluster: going, ...step }).state.percent ?? -1)
    expect(percents).toEqual([...new Set(percents)].sort((a, b) => a - b))
  })

  test('is held by a pause, by vCenter and by a hook, and says by which', () => {
    expect(says({ cluster: cluster([], { ...deleted, spec: { paused: true } }) })).toBe('Deletion held: It is paused; deletion goes on once it is resumed')
    expect(says({ cluster: going, infrastructure: infrastructure([cond('VCenterAvailable', 'False', 'VCenterUnreachable', 'Cannot complete login')]) })).toMatch(/^Deletion held: The vSphere identity vc-south cannot sign in/)
    const hooked = machineAt('ready', 'aaaaa', { ...deleted, conditions: [cond('Deleting', 'True', 'WaitingForPreTerminateHook')] })
    expect(says({ cluster: going, machines: [hooked] })).toBe('Deletion held: A hook holds general-aaaaa before its VM is removed')
    expect(view({ cluster: going, machines: [hooked] }).group).toBe('needs-you')
    const unmade = machineAt('cloning', 'aaaaa', { vm: { conditions: [cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', 'no space left')] } })
    expect(says({ cluster: going, machines: [unmade] })).toMatch(/^Deleting/)
    expect(says({ cluster: going, infrastructure: infrastructure([cond('VCenterAvailable', 'False', 'Deleting')]) })).toMatch(/^Deleting/)
  })
})

test('addresses are counted from the range until the IPAM provider has counted', () => {
  const pool = raw('ipam.cluster.x-k8s.io/v1alpha2', 'InClusterIPPool', 'blue-1', { spec: { addresses: ['10.40.12.40-10.40.12.47'], prefix: 24, gateway: '10.40.12.1' } })
  expect(view({ ipPool: pool }).addresses).toMatchObject({ total: 8, used: 3, free: 5 })
  expect(view({ ipPool: null, machineTemplates: [] }).addresses).toEqual({ kind: 'dhcp' })
  expect(view({ ipPool: null, machineTemplates: [template()] }).addresses).toMatchObject({ kind: 'pool', pool: 'blue-1', ranges: [] })
})

test('health tells good from bad also where True is the bad news', () => {
  const { health } = view({ cluster: cluster([probe('True'), cond('Remediating', 'False', 'NotRemediating'), cond('WorkersAvailable', 'Unknown', 'x')]) })
  expect(health.map((item) => [item.ok, item.sentence])).toEqual([
    [true, 'vCenter lets the identity in'], [true, 'The API answers the management cluster'], [null, 'Not known whether enough nodes are ready'], [true, 'No repair is running'],
  ])
})

test('health of machines that do not exist is neither good nor bad', () => {
  const none = { cluster: cluster([probe('True'), cond('WorkerMachinesReady', 'True', 'NoReplicas'), cond('WorkersAvailable', 'False', 'x')]), machines: [] }
  const sentences = (parts: Partial<ClusterParts>) => view(parts).health.map((item) => [item.ok, item.sentence]).slice(-2)
  expect(sentences({ ...none, machineDeployments: [deployment(3, counts(0, 0))] })).toEqual([[false, 'Too few nodes are ready so far'], [null, 'No machine exists yet']])
  expect(sentences({ ...none, machineDeployments: [deployment(0, counts(0, 0))] }).at(-1)).toEqual([true, 'No machine is asked for'])
})

test('a kubeconfig waits in turn for the control plane, its address and its answer', () => {
  const bare = (change: Partial<ClusterParts>) => view({ cluster: raw('cluster.x-k8s.io/v1beta2', 'Cluster', 'blue-1'), infrastructure: null, ...change }).kubeconfig
  expect(bare({ controlPlane: null })).toEqual({ ready: false, waitsFor: 'the control plane to be made' })
  expect(bare({ controlPlane: controlPlane({ spec: { controlPlaneEndpoint: {} } }) })).toEqual({ ready: false, waitsFor: 'the control plane’s address' })
  expect(bare({})).toEqual({ ready: false, waitsFor: 'the control plane to start' })
})
