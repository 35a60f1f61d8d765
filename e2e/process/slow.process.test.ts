import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReflector } from '@/server/live/reflector'
import { trimmed } from '@/server/live/trim'
import { createDiscovery } from '@/server/management/discovery'
import { createSystemClient } from '@/server/management/system-client'
import { loadTransport } from '@/server/management/transport'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'
import { inParallel, isMarked, startHerd, type Herd } from './objects'
import { syncedStream } from './stream-client'
import { signInAs, startTestPortal, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
/** More than the 500 changes that the portal keeps for one stream. */
const NAMES = Array.from({ length: 520 }, (_, index) => `m-${index}`)
/** Each makes some hundred KiB of changes: after a few, the buffers of both kernels are full too. */
const MAX_WAVES = 20
const lab = admin()
let tenant: string
let herd: Herd
let portal: TestPortal

/** Resident memory of the portal's process, MiB. */
const memory = async (): Promise<number> => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${portal.pid()}/status`, 'utf8'))?.[1]) / 1024

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  herd = await startHerd(tenant, 'herd')
  await inParallel(NAMES, herd.addMachine)
  portal = await startTestPortal({ name: 'slow' })
})
afterAll(async () => {
  await portal?.stop()
  await herd?.end()
  if (tenant) await removeTenant(lab, tenant)
})

test('a client that does not read gets a fresh snapshot once and is cut off the second time; others get all in time', async () => {
  const cookie = await signInAs(portal, BEA)
  const target = { url: portal.url, cookie, tenant }
  const [slow, other] = [await syncedStream(target), await syncedStream(target)]
  let number = 0
  /** All machines change once; the other stream has it all within seconds. */
  const wave = async (): Promise<void> => {
    number++
    await inParallel(NAMES, (name) => herd.mark(name, number, 500))
    await other.until(`wave ${number}: a slow neighbour slows nobody`, () => NAMES.every((name) => isMarked(other, name, number)), 5_000)
  }
  const counted = async (name: string): Promise<number> => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(await (await fetch(`${portal.url}/metrics`)).text())?.[1] ?? Number.NaN)
  const wavesUntil = async (metric: string): Promise<void> => {
    const before = await counted(metric)
    for (let waves = 0; (await counted(metric)) === before; waves++) {
      expect(waves, `waves until ${metric} moves`).toBeLessThan(MAX_WAVES)
      await wave()
    }
  }

  await wave()
  const calm = await memory()
  slow.pause()
  await wavesUntil('tenantry_stream_resyncs_total')
  const from = slow.heard.length
  slow.resume()
  await slow.until('the present state', () => NAMES.every((name) => isMarked(slow, name, number)), 15_000)
  expect(slow.heard.slice(from).filter(({ type }) => type === 'snapshot'), 'one fresh snapshot').toHaveLength(1)
  slow.pause()
  await wavesUntil('tenantry_stream_slow_disconnects_total')
  expect(await memory() - calm, 'MiB more than before').toBeLessThan(150)
  slow.resume()
  await slow.ended
  const again = await syncedStream(target)
  expect(NAMES.every((name) => isMarked(again, name, number)), 'a new stream begins with the present state').toBe(true)
  for (const stream of [again, other]) stream.close()
})

test('a handler that throws for one object is counted; the watch goes on and every other object arrives', async () => {
  const transport = loadTransport(labFacts().portalKubeconfig)
  const stop = new AbortController()
  const seen = new Map<string, string>()
  const { state, done } = startReflector({
    kind: 'Machine', client: createSystemClient(transport, createDiscovery(transport)), signal: stop.signal, trim: (object) => trimmed('Machine', object),
    sink: {
      upsert: (_, { metadata }) => {
        if (metadata.name === 'm-7') throw new Error('a handler’s bug')
        seen.set(metadata.name, metadata.resourceVersion ?? '')
      },
      remove: (_, { metadata }) => void seen.delete(metadata.name),
    },
  })
  try {
    await expect.poll(() => state.synced, { timeout: 10_000 }).toBe(true)
    expect([seen.has('m-7'), NAMES.every((name) => name === 'm-7' || seen.has(name))]).toEqual([false, true])
    // Cluster API may write its own conditions at the same time: counted from here.
    const [errors, before] = [state.handlerErrors, seen.get('m-8')]
    expect(errors).toBeGreaterThan(0)
    await herd.mark('m-7', 1_000)
    await herd.mark('m-8', 1_000)
    await expect.poll(() => seen.get('m-8'), { timeout: 5_000 }).not.toBe(before)
    expect(state.handlerErrors).toBeGreaterThan(errors)
    expect(state).toMatchObject({ failures: 0, relists: 1 })
  } finally {
    stop.abort()
    await done
    await transport.close()
  }
})
