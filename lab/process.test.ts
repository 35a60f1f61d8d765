import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { holderOf, takeLock } from './file-lock'
import { createSupervisor, type ProcessSpec } from './process'
import { endProcess, identityOf, isAlive } from './process-identity'

const forever = 'setInterval(() => {}, 1000)'

async function newSupervisor() {
  const stateDir = await mkdtemp(join(tmpdir(), 'supervisor-'))
  const stopping = new AbortController()
  return { stateDir, stopping, supervisor: createSupervisor(stateDir, join(stateDir, 'logs'), stopping.signal) }
}

function node(script: string, overrides: Partial<ProcessSpec> = {}): ProcessSpec {
  return { name: 'etcd', command: process.execPath, args: ['-e', script], version: 'v0', probe: () => Promise.resolve(true), ...overrides }
}

test('a crashed process is started again, and that is counted and logged', async () => {
  const { supervisor } = await newSupervisor()
  const part = await supervisor.start(node(forever))
  const first = part.pid()
  process.kill(first ?? 0, 'SIGKILL')
  await vi.waitFor(async () => {
    const [status] = await part.status()
    expect(status).toMatchObject({ health: 'ready', restarts: 1 })
    expect(status?.pid).not.toBe(first)
  }, 5_000)
  const [status] = await part.status()
  expect(await readFile(status?.logFile ?? '', 'utf8')).toContain('ended (SIGKILL), starts again')
  await part.stop()
})

test('a killed part stays down until it is revived', async () => {
  const { supervisor } = await newSupervisor()
  const part = await supervisor.start(node(forever))
  await part.kill('etcd')
  await sleep(800)
  expect(await part.status()).toMatchObject([{ health: 'down', pid: null }])
  await part.revive('etcd')
  expect(await part.status()).toMatchObject([{ health: 'ready', restarts: 0 }])
  await part.stop()
})

test('stop ends a process that ignores SIGTERM, twice is no harm, and nothing stays recorded', async () => {
  const { supervisor, stateDir } = await newSupervisor()
  const part = await supervisor.start(node(`process.on('SIGTERM', () => {}); ${forever}`, { stopGraceMs: 300 }))
  // The handler has to be there before the signal is.
  await sleep(300)
  const identity = await identityOf(part.pid() ?? 0)
  await Promise.all([part.stop(), part.stop()])
  await part.stop()
  expect(identity !== undefined && (await isAlive(identity))).toBe(false)
  expect(await readdir(join(stateDir, 'run'))).toEqual([])
})

test('a process that never becomes ready is told with the end of its log', async () => {
  const { supervisor } = await newSupervisor()
  const failing = node(`console.error('flag provided but not defined'); process.exit(1)`, { probe: () => Promise.resolve(false), startTimeoutMs: 1_000 })
  await expect(supervisor.start(failing)).rejects.toThrow(/etcd does not become ready[^]*flag provided but not defined/)
})

test('leftovers of a killed lab are ended, a stranger with a recorded pid is not', async () => {
  const { supervisor, stateDir } = await newSupervisor()
  const [leftover, stranger] = [spawn(process.execPath, ['-e', forever]), spawn(process.execPath, ['-e', forever])]
  const identities = [await identityOf(leftover.pid ?? 0), await identityOf(stranger.pid ?? 0)] as const
  const record = (name: string, value: object) => writeFile(join(stateDir, 'run', `${name}.json`), JSON.stringify({ name, ...value }))
  await record('capi', { ...identities[0] })
  await record('capv', { ...identities[1], startTime: 'another time' })
  expect(await supervisor.endLeftovers()).toEqual(['capi'])
  if (identities[0] === undefined || identities[1] === undefined) throw new Error('no identities')
  expect(await isAlive(identities[0])).toBe(false)
  expect(await isAlive(identities[1])).toBe(true)
  await endProcess(identities[1], 1_000)
})

test('a lock is held by a living process only', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'lock-')), 'lab.lock')
  await writeFile(path, JSON.stringify({ pid: process.pid, startTime: 'of an earlier process' }))
  const lock = await takeLock(path)
  if (!('unlock' in lock)) throw new Error('not taken')
  expect(await takeLock(path)).toMatchObject({ heldBy: { pid: process.pid } })
  await lock.unlock()
  expect(await holderOf(path)).toBeUndefined()
})
