import { expect, test } from 'vitest'
import type { ClusterView, HealthItem } from '@/lib/cluster/view'
import type { MachineStepName, MachineView } from '@/lib/machine/view'
import { departures, happenings } from '@/lib/timeline/happenings'

const probe = (status: 'True' | 'False', message = '', since = '2026-11-21T14:01:00Z'): HealthItem =>
  ({ ok: status === 'True', sentence: '', condition: { type: 'RemoteConnectionProbe', status, reason: 'x', message, since } })
const cluster = (change: Partial<ClusterView> = {}): ClusterView =>
  ({ kind: 'cluster', uid: 'c1', tenant: 'blue', name: 'blue-1', createdAt: '2026-11-21T14:00:00Z', deletingSince: null, health: [probe('True')], ...change }) as ClusterView
const steps = (reached: number): MachineView['steps'] =>
  (['requested', 'cloned', 'address', 'powered-on', 'bootstrapped', 'joined', 'ready'] as MachineStepName[]).map((name, index) => ({ name, at: index < reached ? `2026-11-21T14:02:0${index}Z` : null }))
const machine = (reached: number, change: Partial<MachineView> = {}): MachineView =>
  ({
    kind: 'machine', uid: 'm1', tenant: 'blue', cluster: 'blue-1', pool: 'general', name: 'blue-1-general-abcde-m4v7t', phase: 'Running', node: null, address: '10.40.12.47', version: 'v1.35.2',
    upToDate: true, createdAt: '2026-11-21T14:02:00Z', deletingSince: null, state: { word: 'Ready', role: 'ok', sentence: null, condition: null, percent: null }, steps: steps(reached), ...change,
  }) as MachineView
const texts = (entries: readonly { text: string }[]) => entries.map((entry) => entry.text)

test('a machine’s life is told step by step, with the steps’ own times', () => {
  const told = happenings(cluster(), [machine(7)])
  expect(texts(told)).toEqual(['blue-1 was created', 'The control plane answers', 'm4v7t was asked for in pool general', 'm4v7t was cloned', 'm4v7t powered on with 10.40.12.47', 'm4v7t joined', 'm4v7t is ready'])
  expect(told.at(-1)).toEqual({ kind: 'entry', key: 'm1:ready', tenant: 'blue', clusterUid: 'c1', cluster: 'blue-1', at: '2026-11-21T14:02:06Z', subject: 'blue-1-general-abcde-m4v7t', text: 'm4v7t is ready', role: 'ok', who: null })
  expect(texts(happenings(cluster(), [machine(1)]))).not.toContain('m4v7t was cloned')
})

test('the same views tell the same, and later views keep the keys of what was told before', () => {
  expect(happenings(cluster(), [machine(4)])).toEqual(happenings(cluster(), [machine(4)]))
  const later = new Set(happenings(cluster(), [machine(7)]).map((entry) => entry.key))
  for (const { key } of happenings(cluster(), [machine(4)])) expect(later).toContain(key)
})

test('each loss of the API is told, a first silence is not a loss', () => {
  expect(texts(happenings(cluster({ health: [probe('False', 'probe last succeeded at 2026-11-21T14:20:00Z')] }), []))).toContain('The control plane stopped answering')
  expect(texts(happenings(cluster({ health: [probe('False', 'Remote connection not established yet')] }), []))).toEqual(['blue-1 was created'])
  const keys = ['14:05', '14:25'].map((time) => happenings(cluster({ health: [probe('True', '', `2026-11-21T${time}:00Z`)] }), []).at(-1)?.key)
  expect(new Set(keys).size).toBe(2)
})

test('trouble and leaving are told with their reasons', () => {
  const condition = { type: 'NodeReady', status: 'False' as const, reason: 'x', message: '', since: '2026-11-21T15:00:00Z' }
  const broken = machine(7, { deletingSince: '2026-11-21T15:05:00Z', state: { word: 'Not ready', role: 'bad', sentence: 'Its node does not report', condition, percent: null } })
  expect(texts(happenings(cluster(), [broken])).slice(-2)).toEqual(['m4v7t: Its node does not report', 'm4v7t is leaving'])
  expect(texts(happenings(cluster({ deletingSince: '2026-11-21T15:00:00Z' }), []))).toContain('Deletion of blue-1 began')
})

test('who is gone is told once, by when it was noticed', () => {
  const now = '2026-11-21T16:00:00Z'
  expect(departures(machine(7), now, cluster())).toMatchObject([{ key: 'm1:gone', clusterUid: 'c1', at: now, text: 'm4v7t is gone, its address is free again' }])
  expect(departures(machine(1, { address: null }), now, cluster())[0]?.text).toBe('m4v7t is gone')
  expect(departures(cluster(), now)).toMatchObject([{ key: 'c1:gone', text: 'blue-1 is gone' }])
})
