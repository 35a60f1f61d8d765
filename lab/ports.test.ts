import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firstPortOf, freePort, openPorts } from './ports'

const newDir = () => mkdtemp(join(tmpdir(), 'ports-'))

test('a restart is given the same ports', async () => {
  const dir = await newDir()
  const before = await openPorts(dir)
  const [a, b] = await Promise.all([before.take('etcd'), before.take('etcd-peer')])
  expect(a).not.toBe(b)
  const after = await openPorts(dir)
  expect(await after.take('etcd-peer')).toBe(b)
  expect(await after.take('etcd')).toBe(a)
})

test('a port that something else holds by now is given up', async () => {
  const dir = await newDir()
  const port = await (await openPorts(dir)).take('etcd')
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  expect(await (await openPorts(dir)).take('etcd')).not.toBe(port)
  await new Promise((resolve) => other.close(resolve))
})

test('a released port is free for another name', async () => {
  const dir = await newDir()
  const ports = await openPorts(dir, () => Promise.resolve(true))
  const port = await ports.take('one')
  await ports.release('one')
  expect(await ports.take('two')).toBe(port)
})

test('ports fit an int16 and stay below the ephemeral range', () => {
  for (const name of ['a', 'b', 'c', '/some/where']) {
    expect(firstPortOf(name)).toBeGreaterThanOrEqual(20_000)
    expect(firstPortOf(name)).toBeLessThan(32_768 - 64)
  }
})

test('a port for later is free, given once, and neither ephemeral nor a lab’s', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()))
  expect(new Set(ports).size).toBe(20)
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(12_000)
    expect(port).toBeLessThan(20_000)
  }
})
