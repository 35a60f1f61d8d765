import { expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import { OLDER, toContract } from '@/lib/manifests/v1beta1'
import { facts, made } from '@/lib/node-pool/fixtures'
import { machineFactsOf } from '@/lib/node-pool/machine-facts'

const template = made().machineTemplates[0] ?? expect.fail()
const device = (value: unknown) => machineFactsOf(withAt(template, ['spec', 'template', 'spec', 'network', 'devices', 0], value))

test('a new pool takes over what a template of either contract says', () => {
  expect(machineFactsOf(template)).toEqual(facts)
  expect(machineFactsOf(toContract(template, OLDER))).toEqual(facts)
  expect(device({ networkName: 'n', dhcp4: true })?.addresses).toEqual({ kind: 'dhcp' })
  const pool = (name: string) => ({ apiGroup: 'ipam.cluster.x-k8s.io', kind: 'InClusterIPPool', name })
  expect(device({ addressesFromPools: [pool('a'), pool('a-v6')] })?.addresses).toEqual({ kind: 'pool', poolKind: 'InClusterIPPool', pool: 'a', nameservers: [], more: [{ poolKind: 'InClusterIPPool', pool: 'a-v6' }] })
})

test('what is not plain is not guessed', () => {
  const pool = { apiGroup: 'ipam.cluster.x-k8s.io', kind: 'InClusterIPPool', name: 'a' }
  for (const odd of [{}, { ipAddrs: ['10.0.0.5/24'] }, { dhcp4: true, addressesFromPools: [pool] }, { addressesFromPools: [pool, pool] }, { addressesFromPools: [{ ...pool, kind: 'Odd' }] }]) expect(device(odd), JSON.stringify(odd)).toBeNull()
  expect(machineFactsOf(withAt(template, ['spec', 'template', 'spec', 'datacenter'], undefined))).toBeNull()
})
