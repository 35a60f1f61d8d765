import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { startReflector, type Reflector, type ReflectorOptions } from '@/server/live/reflector'
import { createDiscovery } from '@/server/management/discovery'
import { answer, fakeApi } from '@/server/management/fake-api'
import { createSystemClient } from '@/server/management/system-client'

/** A list/watch endpoint for machines whose faults a test chooses. */
class Api {
  objects = new Map<string, number>()
  version = 1
  lists = 0
  watches: ServerResponse[] = []
  watchedFrom: string[] = []
  listFault: ((response: ServerResponse) => boolean) | null = null
  watchFault: ((response: ServerResponse) => boolean) | null = null
  installed = true
  /** What stands between answers everything with 404. */
  between = false

  send(type: string, name: string): void {
    const line = JSON.stringify({ type, object: machine(name, ++this.version) })
    this.watches.at(-1)?.write(`${line}\n`)
  }

  set(name: string): void {
    this.objects.set(name, ++this.version)
  }
}

const machine = (name: string, version: number): KubeObject => ({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine', metadata: { name, namespace: 't', uid: name, resourceVersion: String(version) } })

let api: Api
let stop: AbortController
let close: () => Promise<void>
let client: ReflectorOptions['client']
const seen = new Map<string, string>()
const removed: string[] = []

beforeEach(async () => {
  api = new Api()
  stop = new AbortController()
  seen.clear()
  removed.length = 0
  const server = await fakeApi((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    if (api.between) return answer(response, 404, { message: 'no such route' })
    if (url.pathname === '/apis') return answer(response, 200, { groups: [{ name: 'cluster.x-k8s.io', versions: [{ version: 'v1beta2' }] }] })
    if (url.pathname.endsWith('/v1beta2')) return answer(response, 200, { resources: api.installed ? [{ name: 'machines' }] : [] })
    if (url.pathname.endsWith('/v1beta1')) return answer(response, 404, { kind: 'Status', code: 404 })
    if (url.searchParams.get('watch')) {
      api.watchedFrom.push(url.searchParams.get('resourceVersion') ?? '')
      if (api.watchFault?.(response)) return
      response.writeHead(200).flushHeaders()
      return void api.watches.push(response)
    }
    api.lists++
    if (api.listFault?.(response)) return
    const items = [...api.objects].map(([name, version]) => machine(name, version))
    const from = Number(url.searchParams.get('continue') || 0)
    const limit = Number(url.searchParams.get('limit'))
    if (url.searchParams.has('resourceVersion')) return answer(response, 400, { kind: 'Status', message: 'a list with a limit is the latest' })
    const page = items.slice(from, from + limit)
    const next = from + limit < items.length ? String(from + limit) : ''
    answer(response, 200, { metadata: { resourceVersion: String(api.version), continue: next }, items: page })
  })
  close = server.close
  client = createSystemClient(server.transport, createDiscovery(server.transport))
})

afterEach(async () => {
  stop.abort()
  await close()
})

function start(more: Partial<ReflectorOptions> = {}): Reflector {
  return startReflector({
    kind: 'Machine', client, signal: stop.signal, trim: (object) => object, random: () => 0.05, absentMs: 50,
    sink: {
      upsert: (_, { metadata }) => void seen.set(metadata.name, metadata.resourceVersion ?? ''),
      remove: (_, { metadata }) => void (seen.delete(metadata.name), removed.push(metadata.name)),
    },
    ...more,
  })
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 10 })

test('lists in pages of 150 and then follows the watch', async () => {
  for (let index = 0; index < 721; index++) api.set(`m${index}`)
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  expect([seen.size, api.lists, state.synced, state.relists]).toEqual([721, 5, true, 1])
  api.send('ADDED', 'new')
  api.send('DELETED', 'm7')
  await until(() => expect([seen.has('new'), seen.has('m7')]).toEqual([true, false]))
})

test('a 410 costs one relist, and what went away meanwhile is deleted', async () => {
  api.set('stays')
  api.set('goes')
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.objects.delete('goes')
  api.watches[0]?.write(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`)
  await until(() => expect(api.watches).toHaveLength(2))
  expect([removed, [...seen.keys()], state.relists]).toEqual([['goes'], ['stays'], 2])
})

test('after an outage a 410 is answered by a relist at once, a second one in a row is not', async () => {
  api.set('a')
  const { state } = start({ random: () => 1 })
  await until(() => expect(api.watches).toHaveLength(1))
  const gone = (response: ServerResponse) => (answer(response, 410, { kind: 'Status', code: 410 }), true)
  api.watchFault = gone
  api.watches[0]?.destroy()
  await until(() => expect(state.relists).toBe(2))
  await until(() => expect(state.failures).toBeGreaterThan(0))
})

test('a cut connection is resumed where it was cut, without a relist', async () => {
  start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.send('ADDED', 'a')
  await until(() => expect(seen.has('a')).toBe(true))
  api.watches[0]?.write('{"type":"ADDED","object":{"half')
  api.watches[0]?.destroy()
  await until(() => expect(api.watches).toHaveLength(2))
  expect([api.lists, api.watchedFrom]).toEqual([1, ['1', '2']])
})

test('a line that falls silent is noticed and opened anew', async () => {
  const { state } = start({ idleMs: 1_200 })
  await until(() => expect(api.watches).toHaveLength(1))
  await until(() => expect(api.watches.length).toBeGreaterThan(2))
  expect([api.lists, state.failures]).toEqual([1, 0])
})

test('a watch that heard nothing since a gap goes on over a new connection; one that did is left alone', async () => {
  const { state, renew } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.send('ADDED', 'a')
  await until(() => expect(seen.has('a')).toBe(true))
  renew(new Date(Number(state.lastContact) - 1_000))
  renew(new Date(Number(state.lastContact) + 1))
  await until(() => expect(api.watches).toHaveLength(2))
  expect([api.lists, api.watchedFrom, state.failures]).toEqual([1, ['1', '2'], 0])
  api.send('ADDED', 'b')
  await until(() => expect(seen.has('b')).toBe(true))
  expect(api.watches, 'renewed once').toHaveLength(2)
})

test('a 429 is not asked again before its Retry-After, whoever wakes it', async () => {
  const asked: number[] = []
  api.listFault = (response) => {
    asked.push(Date.now())
    if (asked.length > 1) return false
    answer(response, 429, { kind: 'Status' }, { 'Retry-After': '1' })
    return true
  }
  const reflector = start()
  await until(() => expect(asked).toHaveLength(1))
  const timer = setInterval(() => reflector.wake(), 20)
  await until(() => expect(reflector.state.synced).toBe(true))
  clearInterval(timer)
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(1_000)
})

test('a kind that is not installed is a state, and is found once it is', async () => {
  api.installed = false
  const { state } = start()
  await until(() => expect([state.synced, state.absent]).toEqual([true, true]))
  api.set('a')
  api.installed = true
  await until(() => expect(seen.has('a')).toBe(true))
  expect(state.absent).toBe(false)
})

test('a handler that throws is counted; the watch goes on', async () => {
  api.set('a')
  const { state } = start({
    sink: {
      upsert: (_, { metadata }) => {
        if (metadata.name === 'a') throw new Error('a handler’s bug')
        seen.set(metadata.name, '')
      },
      remove: () => undefined,
    },
  })
  await until(() => expect(api.watches).toHaveLength(1))
  api.send('ADDED', 'b')
  await until(() => expect(seen.has('b')).toBe(true))
  expect(state.handlerErrors).toBe(1)
})

test('an object that cannot be made small is counted like a handler that throws', async () => {
  api.set('a')
  api.set('b')
  const { state } = start({ trim: (object) => (object.metadata.name === 'a' ? expect.fail('no shape that anyone knows') : object) })
  await until(() => expect([[...seen.keys()], state.handlerErrors, state.synced]).toEqual([['b'], 1, true]))
})

test('a version that the API server does not know (restored from a backup) is given up for a list', async () => {
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.watchFault = (response) => state.relists < 2 && (answer(response, 504, { kind: 'Status', code: 504, message: 'Too large resource version' }), true)
  api.watches[0]?.destroy()
  await until(() => expect([state.relists, api.watches.length]).toEqual([2, 2]))
})

test('a kind whose group is no longer served is found absent while it is watched', async () => {
  api.set('a')
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.installed = false
  client.forget('Machine') // as the reflector of another kind of the group does
  api.watches[0]?.destroy()
  await until(() => expect([state.absent, removed]).toEqual([true, ['a']]))
})

test('a list whose second page fails is waited for, longer each time', async () => {
  for (let index = 0; index < 501; index++) api.set(`m${index}`)
  api.listFault = (response) => api.lists % 2 === 0 && (answer(response, 500, { kind: 'Status', code: 500 }), true)
  const { state } = start()
  await until(() => expect(state.failures).toBeGreaterThan(2))
})

test('the signal ends it, in the middle of a wait too', async () => {
  api.listFault = (response) => (answer(response, 500, { kind: 'Status' }), true)
  const reflector = start({ random: () => 1 })
  await until(() => expect(reflector.state.failures).toBeGreaterThan(0))
  stop.abort()
  await reflector.done
})

test.each([
  ['answered with an error', (response: ServerResponse) => answer(response, 500, { kind: 'Status', code: 500 })],
  ['cut in the middle of its JSON', (response: ServerResponse) => void response.writeHead(200).end('{"metadata":{"resourceVersion":"9"},"items":[{"api')],
  ['cut off the line', (response: ServerResponse) => void (response.writeHead(200, { 'content-length': '9999' }).write('{"metadata":'), setTimeout(() => response.destroy(), 20))],
  ['told that its place is gone', (response: ServerResponse) => answer(response, 410, { kind: 'Status', code: 410, reason: 'Expired' })],
])('a second page that is %s begins the list anew, and deletes nothing', async (_, fault) => {
  for (let index = 0; index < 501; index++) api.set(`m${index}`)
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.objects.delete('m500')
  let faults = 0
  api.listFault = (response) => api.lists % 3 === 2 && faults++ < 1 && (fault(response), true)
  api.lists = 0
  api.watches[0]?.write(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })}\n`)
  await until(() => expect(faults).toBeGreaterThan(0))
  expect(removed).toEqual([])
  await until(() => expect(state.relists).toBe(2))
  expect([removed, seen.size]).toEqual([['m500'], 500])
})

test('half a line at the end of a watch that ends well is dropped, and the watch goes on from the last version', async () => {
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.send('ADDED', 'a')
  api.watches[0]?.end('{"type":"ADDED","object":{"half')
  await until(() => expect(api.watches).toHaveLength(2))
  expect([api.lists, api.watchedFrom, [...seen.keys()], state.events]).toEqual([1, ['1', '2'], ['a'], 1])
})

test('an object that nobody wants is not kept, and one that ceases to be wanted goes', async () => {
  api.set('a')
  api.set('b')
  let wanted = ['a']
  const { state } = start({ trim: (object) => (wanted.includes(object.metadata.name) ? object : null) })
  await until(() => expect(api.watches).toHaveLength(1))
  expect([[...seen.keys()], state.objects]).toEqual([['a'], 1])
  wanted = []
  api.send('MODIFIED', 'a')
  await until(() => expect([removed, state.objects]).toEqual([['a'], 0]))
})

test('a bookmark moves the version without an event of an object', async () => {
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.watches[0]?.write(`${JSON.stringify({ type: 'BOOKMARK', object: machine('', 77) })}\n`)
  await until(() => expect(state.lastBookmark).not.toBeNull())
  api.watches[0]?.end()
  await until(() => expect(api.watchedFrom).toEqual(['1', '77']))
  expect([seen.size, state.watches]).toEqual([0, 2])
})

test('a gateway that answers 404 for a while deletes nothing', async () => {
  api.set('a')
  const { state } = start()
  await until(() => expect(api.watches).toHaveLength(1))
  api.between = true
  client.forget('Machine')
  api.watches[0]?.destroy()
  await until(() => expect(state.failures).toBeGreaterThan(2))
  expect([state.absent, removed, state.lastCode]).toEqual([false, [], 404])
  api.between = false
  await until(() => expect(state.failures).toBe(0))
  expect([state.absent, removed, state.relists]).toEqual([false, [], 2])
})

test('a kind of Kubernetes itself is never absent', async () => {
  const { state } = start({ kind: 'RoleBinding' })
  await until(() => expect(state.failures).toBeGreaterThan(1))
  expect(state.absent).toBe(false)
})
