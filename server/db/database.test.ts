import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { openDatabase, openInMemory } from '@/server/db/client'
import { lockFolder } from '@/server/db/lock'
import { addOnSince, endOperation, findOperation, insertOperation, takeInterrupted, type NewOperation } from '@/server/db/operations'
import { isRefusal } from '@/server/db/refusal'
import { insertStory } from '@/server/db/rollouts'
import { findSession, insertSession, revokeSession } from '@/server/db/sessions'
import { actsSince, insertEntries, recentEntries } from '@/server/db/timeline'
import { exampleStory } from '@/server/rollouts/example'

// A PGlite takes seconds to make on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const operation = (id: string, more: Partial<NewOperation> = {}): NewOperation => ({ id, tenant: 'blue', cluster: 'c', clusterUid: null, kind: 'create', who: 'ada', groups: [], hash: 'h', spec: { name: 'c' }, missing: ['Cluster/c'], ...more })
const folder = (): string => mkdtempSync(path.join(tmpdir(), 'tenantry-db-'))

test('the migrations make a database that the repositories can use', async () => {
  const db = await openInMemory()
  const expiresAt = new Date('2026-02-01T00:00:00Z')
  await insertSession(db, { id: 's', user: 'ada', name: 'Ada', email: 'a@b', groups: ['g'], expiresAt })
  expect(await findSession(db, 's')).toMatchObject({ user: 'ada', groups: ['g'], expiresAt, revokedAt: null })
  expect([await revokeSession(db, 's'), await revokeSession(db, 's')]).toEqual([true, false])

  const entry = { kind: 'entry', key: 'k', tenant: 'blue', clusterUid: 'u', cluster: 'c', at: '2026-01-01T00:00:00.000Z', subject: null, text: 't', role: 'ok', who: null } as const
  await insertEntries(db, [entry, { ...entry, key: 'k2' }])
  await insertEntries(db, [entry])
  expect(await recentEntries(db, ['u'], 10)).toHaveLength(2)
  await db.close()
})

test('the newest entries of many clusters are read at once, and what people did by its time', async () => {
  const db = await openInMemory()
  const entry = (clusterUid: string, hour: number, who: string | null = null): TimelineEntry =>
    ({ kind: 'entry', key: `${clusterUid}${hour}`, tenant: 'blue', clusterUid, cluster: 'c', at: `2026-01-01T0${hour}:00:00.000Z`, subject: null, text: 't', role: 'ok', who })
  await insertEntries(db, [entry('u', 1), entry('u', 2), entry('u', 3, 'ada'), entry('v', 1, 'bea'), entry('w', 1)])
  expect((await recentEntries(db, ['u', 'v', 'x'], 2)).map(({ key }) => key).sort()).toEqual(['u2', 'u3', 'v1'])
  expect(await recentEntries(db, ['v'], 2)).toEqual([entry('v', 1, 'bea')])
  expect(await recentEntries(db, [], 2)).toEqual([])
  expect(await actsSince(db, new Date('2026-01-01T02:00:00Z'))).toEqual([entry('u', 3, 'ada')])
  await db.close()
})

test('what the database refuses for its content is told from a database that is away', async () => {
  const db = await openInMemory()
  const refusal = (write: Promise<unknown>): Promise<boolean> => write.then(() => false, (error: unknown) => isRefusal(error))
  const entry = { kind: 'entry', key: 'k', tenant: 'blue', clusterUid: 'u', cluster: 'c', at: '2026-01-01T00:00:00.000Z', subject: null, text: 'a\u0000b', role: 'ok', who: null } as const
  expect(await refusal(insertEntries(db, [entry]))).toBe(true)
  expect(await refusal(insertStory(db, exampleStory({ title: 'half a pair \ud83d' })))).toBe(true)
  await db.close()
  expect(await refusal(insertEntries(db, [{ ...entry, text: 'fine' }]))).toBe(false)
})

const bob = { who: 'bob', groups: [] }

test('two creates of one name cannot run at once, and only one request takes an interrupted one', async () => {
  const db = await openInMemory()
  expect(await insertOperation(db, operation('1'), 'a')).toBe(true)
  expect(await insertOperation(db, operation('2'), 'a')).toBe(false)
  expect(await insertOperation(db, operation('3', { tenant: 'green' }), 'a')).toBe(true)
  expect(await insertOperation(db, operation('4', { kind: 'delete' }), 'a')).toBe(true)
  await endOperation(db, { id: '1', holder: 'a' }, { state: 'interrupted', error: null })
  expect(await insertOperation(db, operation('5'), 'a')).toBe(false)
  expect([await takeInterrupted(db, { id: '1', holder: 'a' }, 'running', bob), await takeInterrupted(db, { id: '1', holder: 'b' }, 'running', bob)]).toEqual([true, false])
  await endOperation(db, { id: '1', holder: 'a' }, { state: 'done', error: null })
  expect(await insertOperation(db, operation('6'), 'a')).toBe(true)
  expect(await findOperation(db, '6', 'green')).toBeNull()
  await db.close()
})

test('an add-on that was asked for anew since is known, refused or of another cluster is not', async () => {
  const db = await openInMemory()
  const addOn = (id: string, spec: object, more: Partial<NewOperation> = {}) => insertOperation(db, operation(id, { kind: 'addon', spec, ...more }), 'a')
  await addOn('1', { act: 'save', settings: { name: 'cpi' } })
  const first = (await findOperation(db, '1', 'blue')) ?? expect.fail()
  await addOn('2', { act: 'save', settings: { name: 'csi' } })
  await addOn('3', { act: 'remove', addOn: 'cpi' }, { cluster: 'other' })
  await addOn('4', { act: 'save', settings: { name: 'cpi' } })
  await endOperation(db, { id: '4', holder: 'a' }, { state: 'failed', error: 'refused' })
  expect([await addOnSince(db, first, 'cpi'), await addOnSince(db, first, 'csi')]).toEqual([false, true])
  await addOn('5', { act: 'remove', addOn: 'cpi' })
  expect(await addOnSince(db, first, 'cpi')).toBe(true)
  await db.close()
})

test('what was written is there after a restart, and migrations are applied once', async () => {
  const at = folder()
  const first = await openDatabase({ folder: at })
  await insertOperation(first, operation('1'), 'a')
  await expect(openDatabase({ folder: at })).rejects.toThrow(`in use by process ${process.pid}`)
  await first.close()
  const second = await openDatabase({ folder: at })
  expect(await findOperation(second, '1', 'blue')).toMatchObject({ cluster: 'c', state: 'running' })
  await second.close()
  rmSync(at, { recursive: true })
})

test('a folder held by another live process is refused, one left behind by a dead process is taken', async () => {
  const at = folder()
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
  const dead = new Promise((resolve) => other.once('exit', resolve))
  lockFolder(at)()
  const { readFileSync } = await import('node:fs')
  const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8')
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  writeFileSync(path.join(at, 'tenantry.lock'), `${other.pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}@${boot}\n`)
  expect(() => lockFolder(at)).toThrow(`in use by process ${other.pid}`)
  other.kill('SIGKILL')
  await dead
  lockFolder(at)()
  // The pid lives, but started at another time: it is another process.
  writeFileSync(path.join(at, 'tenantry.lock'), `${process.ppid} 1@${boot}\n`)
  lockFolder(at)()
  rmSync(at, { recursive: true })
})

test('a folder held in another container is refused while its lock is touched, and taken once it is not', () => {
  const at = folder()
  const file = path.join(at, 'tenantry.lock')
  // Process 1 of a container is not process 1 here, whenever either was started.
  writeFileSync(file, '1 12345@another-boot pid:[1]\n')
  expect(() => lockFolder(at)).toThrow('process 1 of another container')
  utimesSync(file, new Date(), new Date(Date.now() - 31_000))
  lockFolder(at)()
  rmSync(at, { recursive: true })
})

test('a lock that is held is touched, and nothing else is left in the folder', () => {
  vi.useFakeTimers()
  const at = folder()
  const unlock = lockFolder(at)
  const file = path.join(at, 'tenantry.lock')
  utimesSync(file, new Date(), new Date(0))
  vi.advanceTimersByTime(5_000)
  expect(statSync(file).mtimeMs).toBeGreaterThan(0)
  expect(readdirSync(at)).toEqual(['tenantry.lock'])
  unlock()
  expect(readdirSync(at)).toEqual([])
  vi.useRealTimers()
  rmSync(at, { recursive: true })
})
