import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { expect, test, vi } from 'vitest'
import { answer, fakeApi } from '@/server/management/fake-api'
import { loadTransport, transportFromText } from '@/server/management/transport'

const broken = 'apiVersion: v1\nusers:\n- name: admin\n  user:\n    token: "canary-secret\n  bad: [\n'

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}

test('the error of a kubeconfig that cannot be read holds nothing of it, at any depth', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tenantry-kubeconfig-')), 'config')
  writeFileSync(file, broken)
  for (const act of [() => transportFromText(broken), () => loadTransport(file)]) {
    const error = thrownBy(act)
    expect(String(error)).toContain('cannot be read')
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary-secret')
  }
})

test('after a renewal nothing goes over a connection from before; what was under way comes to its end', async () => {
  const sockets = new Set<unknown>()
  const held: (() => void)[] = []
  const { transport, close } = await fakeApi((request, response) => {
    sockets.add(request.socket)
    if (request.url === '/slow') held.push(() => answer(response, 200, { slow: true }))
    else answer(response, 200, {})
  })
  await transport.json({ method: 'GET', path: '/a' })
  const slow = transport.json({ method: 'GET', path: '/slow' })
  await vi.waitFor(() => expect(held).toHaveLength(1))
  const before = sockets.size
  transport.renew()
  await transport.json({ method: 'GET', path: '/b' })
  expect(sockets.size).toBe(before + 1)
  held[0]?.()
  expect(await slow).toEqual({ slow: true })
  await close()
})

test('an answer of a tenant’s API that has no end is not read to it, refusals included', async () => {
  for (const code of [200, 500]) {
    const server = createServer((_, response) => {
      response.writeHead(code, { 'Content-Type': 'application/json' })
      const more = (): void => { while (!response.destroyed && response.write('x'.repeat(65_536))); }
      response.on('drain', more)
      more()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const transport = transportFromText(`apiVersion: v1\nclusters: [{ name: c, cluster: { server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true } }]\nusers: [{ name: u, user: { token: t } }]\ncontexts: [{ name: x, context: { cluster: c, user: u } }]\ncurrent-context: x\n`)
    const before = process.memoryUsage.rss()
    await expect(transport.json({ method: 'GET', path: '/', timeoutMs: 5_000 })).rejects.toMatchObject(code === 200 ? { view: { code: 'management-away' } } : { code: 500 })
    expect(process.memoryUsage.rss() - before, 'bytes').toBeLessThan(256 * 1_048_576)
    await transport.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
