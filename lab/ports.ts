/**
 * Loopback ports that a restart keeps: certificates, kubeconfigs and VSphereCluster.spec.server name them. Chosen below the
 * kernel's ephemeral range, where an outgoing connection could take them, and below 32768: Kamaji's provider reads a control
 * plane's port as int16.
 */
import { createHash, randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { writePrivate } from './pki'

const first = 20_000
const blockSize = 64
const blocks = 180
/** Of ports that no restart of a lab has to find again: apart from the labs' own. */
const passing = { first: 12_000, end: first }
const given = new Set<number>()

export interface Ports {
  /** The port of `name`: the remembered one while it is free, else another. Ask once a start, before anything listens there. */
  readonly take: (name: string) => Promise<number>
  /** Forgets it: the thing that used it is gone for good. */
  readonly release: (name: string) => Promise<void>
}

/** Where a lab starts to look: labs of different state folders rarely meet. */
export function firstPortOf(stateDir: string): number {
  return first + (createHash('sha256').update(stateDir).digest().readUInt16BE(0) % blocks) * blockSize
}

/** The memory lies in `<stateDir>/ports.json`. */
export async function openPorts(stateDir: string, isFree: (port: number) => Promise<boolean> = listensNowhere): Promise<Ports> {
  const path = join(stateDir, 'ports.json')
  const remembered = new Map(Object.entries(await readMemory(path)))
  // One at a time: two callers must not be given the same free port.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
  const save = () => writePrivate(path, JSON.stringify(Object.fromEntries(remembered), null, 2))

  return {
    take: (name) =>
      inTurn(async () => {
        const known = remembered.get(name)
        if (known !== undefined && (await isFree(known))) return known
        const taken = new Set(remembered.values())
        const start = firstPortOf(stateDir)
        for (let offset = 0; offset < blocks * blockSize; offset += 1) {
          const port = first + ((start - first + offset) % (blocks * blockSize))
          if (taken.has(port) || !(await isFree(port))) continue
          remembered.set(name, port)
          await save()
          return port
        }
        throw new Error(`no free loopback port between ${first} and ${first + blocks * blockSize}`)
      }),
    release: (name) =>
      inTurn(async () => {
        if (remembered.delete(name)) await save()
      }),
  }
}

async function readMemory(path: string): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, number>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/**
 * A port for a server that begins later, or ends and begins again there: a portal, a proxy that refuses for a while. A port from
 * the ephemeral range, which "listen on 0" answers, can be an outgoing connection's by then.
 */
export async function freePort(): Promise<number> {
  const size = passing.end - passing.first
  const start = randomInt(size)
  for (let offset = 0; offset < size; offset += 1) {
    const port = passing.first + ((start + offset) % size)
    if (given.has(port)) continue
    given.add(port)
    if (await listensNowhere(port)) return port
    given.delete(port)
  }
  throw new Error(`no free loopback port between ${passing.first} and ${passing.end}`)
}

/** True when nothing listens on this loopback port. */
export function listensNowhere(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
