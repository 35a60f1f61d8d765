import { afterAll, beforeAll, expect, test } from 'vitest'
import { labFacts } from '@/e2e/support/lab'
import { createDiscovery } from '@/server/management/discovery'
import { WATCHED } from '@/server/management/kinds'
import { createSystemClient, type SystemClient } from '@/server/management/system-client'
import { loadTransport, type Transport } from '@/server/management/transport'

let transport: Transport
let client: SystemClient
beforeAll(() => {
  transport = loadTransport(labFacts().portalKubeconfig)
  client = createSystemClient(transport, createDiscovery(transport))
})
afterAll(() => transport.close())

/** Kamaji’s own: the lab’s default profile has a stand-in for it, without its kinds. */
const withKamaji = labFacts().profile === 'kamaji'
const here = WATCHED.filter((kind) => withKamaji || kind !== 'TenantControlPlane')

test.concurrent.each(here)('%s is served, and the portal’s own account may list and watch it', async (kind) => {
  const page = await client.list(kind, { limit: 2 })
  expect(page?.items.every((item) => item.kind === kind)).toBe(true)
  const stop = new AbortController()
  let open = false
  const events = client.watch(kind, { resourceVersion: page?.resourceVersion ?? '', timeoutSeconds: 1, idleMs: 5_000, onOpen: () => (open = true), signal: stop.signal })
  for await (const event of events) expect(event.type).not.toBe('ERROR')
  expect(open).toBe(true)
})

test.skipIf(withKamaji)('a kind whose provider is not installed is absent, and no failure', async () => {
  expect(await client.list('TenantControlPlane', { limit: 2 })).toBeNull()
})

test('only warnings are listed of Events', async () => {
  const page = await client.list('Event', { limit: 500 })
  expect((page?.items ?? []).filter((event) => event['type'] !== 'Warning')).toEqual([])
})
