import { expect, test } from 'vitest'
import { trimmed } from '@/server/live/trim'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { KindName } from '@/server/management/kinds'
import { at, cluster, cond, machineAt, parts, raw } from '@/server/management/parse/fixtures'
import { diagnose } from '@/server/management/parse/doctor/diagnose'

function slim(kind: KindName, object: KubeObject): KubeObject {
  const kept = trimmed(kind, object)
  if (kept === null) throw new Error(`${kind} is dropped`)
  return kept
}
const deletionTimestamp = at(40)

test('what the live cache drops of an object is nothing that the doctor needs', () => {
  const leaving = machineAt('ready', 'aaaaa', {
    metadata: { deletionTimestamp, finalizers: ['machine.cluster.x-k8s.io'], annotations: { 'machine.cluster.x-k8s.io/exclude-wait-for-node-volume-detach': '' } }, spec: { deletion: { nodeDrainTimeoutSeconds: 600 } },
    conditions: [cond('Deleting', 'True', 'DrainingNode', 'cannot evict pod as it would violate the pod\'s disruption budget.', at(41))],
  })
  const machine = { ...leaving.machine, status: { ...leaving.machine.status, deletion: { nodeDrainStartTime: at(42) } } }
  const loose = [raw('infrastructure.cluster.x-k8s.io/v1beta2', 'VSphereVM', 'v', { metadata: { deletionTimestamp, finalizers: ['vspherevm.infrastructure.cluster.x-k8s.io'] } })]
  const whole = parts({ machines: [{ ...leaving, machine }], loose })
  const kept = parts({ machines: [{ ...leaving, machine: slim('Machine', machine) }], loose: loose.map((object) => slim('VSphereVM', object)) })
  expect(diagnose(kept)).toEqual(diagnose(whole))
  expect(diagnose(kept)[0]).toMatchObject({ cause: 'drain', since: at(42), sentence: 'A disruption budget keeps pods on general-aaaaa' })
  expect(diagnose(kept)[1]?.lastResorts).toHaveLength(1)

  const paused = cluster([], { metadata: { deletionTimestamp, finalizers: ['example.com/keep'], annotations: { 'cluster.x-k8s.io/paused': '' } } })
  expect(diagnose(parts({ cluster: slim('Cluster', paused) })).map(({ cause }) => cause)).toEqual(diagnose(parts({ cluster: paused })).map(({ cause }) => cause))
  expect(diagnose(parts({ cluster: slim('Cluster', paused) }))).toContainEqual(expect.objectContaining({ cause: 'foreign-protection' }))
})
