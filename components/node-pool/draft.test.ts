import { expect, test } from 'vitest'
import { around, general } from '@/lib/node-pool/fixtures'
import { draftOf, draftProblems, rebased, shownAt, specOf } from './draft'

const at = { ...around, before: general }

test('a pool goes into the form and comes out the same', () => {
  const pool = { ...general, labels: { 'a.b/c': 'd', e: '' } }
  expect(specOf(draftOf(pool))).toEqual(pool)
})

test('an empty row is not meant, and a label twice is a problem', () => {
  expect(specOf({ ...draftOf(general), labels: [{ key: '', value: '' }] }).labels).toEqual({})
  const twice = { ...draftOf(general), labels: [{ key: 'a', value: '1' }, { key: 'a', value: '2' }] }
  expect([...draftProblems(twice, at)]).toEqual([['labels', 'a is there twice.']])
})

test('an emptied number says so at its field', () => {
  expect([...draftProblems({ ...draftOf(general), machine: { ...general.machine, cpus: Number.NaN } }, at)]).toEqual([['machine.cpus', 'Give a whole number.']])
})

test('a rule of a part is shown at the field that has an input', () => {
  expect(shownAt('taints.1.key')).toBe('taints')
  expect([...draftProblems({ ...draftOf(general), strategy: { kind: 'rolling', surge: 0, unavailable: 0 } }, at).keys()]).toEqual(['strategy.surge'])
})

test('loaded again, what was typed stays and what others changed is followed', () => {
  const typed = { ...draftOf(general), machine: { ...general.machine, cpus: 16 } }
  const now = { ...general, size: { kind: 'fixed', replicas: 7 } as const, machine: { ...general.machine, cpus: 8, memoryMiB: 16384 } }
  expect(rebased(typed, general, now)).toMatchObject({ size: { replicas: 7 }, machine: { cpus: 16, memoryMiB: 16384 } })
})
