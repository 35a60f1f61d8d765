/**
 * The lab's load balancer: an address for each tenant control plane. Linux binds all of 127/8, so every tenant has an address
 * of its own and the port that its Cluster asks for, as behind a real load balancer. Where only 127.0.0.1 exists (macOS) the
 * tenants share it and the port is a free one.
 */
import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { writePrivate } from '../pki'
import type { Ports } from '../ports'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface AddressPool {
  /** The endpoint of a tenant: the remembered one, else a free one with this port where the platform allows it. */
  readonly take: (tenant: string, port: number) => Promise<Endpoint>
  /** Whether a process of this machine could listen there: a fixed address outside loopback can't be served by the lab. */
  readonly canBind: (endpoint: Endpoint) => Promise<boolean>
  readonly release: (tenant: string) => Promise<void>
}

interface Memory {
  /** `127.X.Y`, by chance, so that two labs on one machine do not meet on 127.0.1.1:6443. */
  block: string
  taken: Record<string, Endpoint>
}

const hostsPerBlock = 250

export async function openAddressPool(dir: string, ports: Ports): Promise<AddressPool> {
  const file = join(dir, 'addresses.json')
  const memory = await readMemory(file)
  const manyAddresses = (await probe({ host: `${memory.block}.1`, port: 0 })) !== 'no-address'
  // One at a time: two tenants that appear together must not be given the same address.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
  const save = () => writePrivate(file, JSON.stringify(memory, null, 2))

  const choose = async (tenant: string, port: number): Promise<Endpoint> => {
    if (!manyAddresses) return { host: '127.0.0.1', port: await ports.take(`tenant-api:${tenant}`) }
    const used = new Set(Object.values(memory.taken).map(({ host }) => host))
    for (let n = 1; n <= hostsPerBlock; n += 1) {
      const endpoint = { host: `${memory.block}.${n}`, port }
      if (!used.has(endpoint.host) && (await probe(endpoint)) === 'free') return endpoint
    }
    throw new Error(`no free address in ${memory.block}.0/24 for port ${port}`)
  }

  return {
    take: (tenant, port) =>
      inTurn(async () => {
        const known = memory.taken[tenant]
        if (known !== undefined) return known
        const endpoint = await choose(tenant, port)
        memory.taken[tenant] = endpoint
        await save()
        return endpoint
      }),
    canBind: async (endpoint) => (await probe({ host: endpoint.host, port: 0 })) !== 'no-address',
    release: (tenant) =>
      inTurn(async () => {
        if (!(tenant in memory.taken)) return
        memory.taken = Object.fromEntries(Object.entries(memory.taken).filter(([name]) => name !== tenant))
        await Promise.all([save(), ports.release(`tenant-api:${tenant}`)])
      }),
  }
}

async function readMemory(file: string): Promise<Memory> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Memory
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { block: `127.${randomInt(16, 250)}.${randomInt(1, 250)}`, taken: {} }
  }
}

function probe(endpoint: Endpoint): Promise<'free' | 'in-use' | 'no-address'> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? 'in-use' : 'no-address'),
    )
    server.listen({ ...endpoint, exclusive: true }, () => server.close(() => resolve('free')))
  })
}
