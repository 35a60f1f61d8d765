import { expect, test } from 'vitest'
import { answered, type TenantActions } from './actions'

const acts = (scalePool: TenantActions['scalePool']): TenantActions => {
  const unused = () => Promise.reject(new Error('unused'))
  const pools = { reviewPoolChange: unused, changePool: unused, reviewPoolAdd: unused, addPool: unused, reviewPoolRestart: unused, restartPool: unused, removePool: unused, reviewControlPlane: unused, changeControlPlane: unused }
  const upgrades = { reviewUpgrade: unused, startUpgrade: unused, pauseUpgrade: unused, continueUpgrade: unused, stopUpgrade: unused }
  const machines = { lookAtMachine: unused, replaceMachine: unused, removeMachine: unused }
  return { createCluster: unused, continueCreate: unused, removeCluster: unused, deleteCluster: unused, scalePool, changeAddresses: unused, reviewAddresses: unused, unstick: unused, letGo: unused, adoptCluster: unused, lookIntoCluster: unused, reviewAddOn: unused, saveAddOn: unused, removeAddOn: unused, ...pools, ...upgrades, ...machines }
}
const input = { tenant: 't', cluster: 'c', pool: 'p', replicas: 1 }

test('a request that never arrives becomes a result that says what to do', async () => {
  const result = await answered(acts(() => Promise.reject(new TypeError('Failed to fetch')))).scalePool(input)
  expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining('did not answer') } })
})

test('a bug still throws', async () => {
  await expect(answered(acts(() => Promise.reject(new Error('bug')))).scalePool(input)).rejects.toThrow('bug')
})
