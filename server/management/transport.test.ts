import { mkdtempSync, writeFileSync } from 'node:fs'
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
