/** What tests are told of the lab they run on, and what they may do to it. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Lab, LabPartName } from '../lab/contract'
import { messageOf } from './ending'

export interface LabControl {
  readonly url: string
  readonly token: string
  readonly close: () => Promise<void>
}

/** `POST /kill?part=etcd` and `/revive?part=etcd` on loopback, with a token: tests run in processes of their own. */
export async function serveLabControl(lab: Lab): Promise<LabControl> {
  const token = randomBytes(24).toString('base64url')
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://control')
    const part = url.searchParams.get('part') as LabPartName | null
    const act = { '/kill': lab.kill, '/revive': lab.revive }[url.pathname]
    const allowed = request.headers.authorization === `Bearer ${token}`
    if (!allowed) return void response.writeHead(401).end('no token')
    if (request.method !== 'POST' || act === undefined || part === null) return void response.writeHead(404).end('POST /kill?part= or /revive?part=')
    act(part).then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(500).end(messageOf(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Everything of `Lab` that is data. */
export async function writeLabFacts(file: string, lab: Lab, binDir: string, { url, token }: LabControl): Promise<void> {
  const data = Object.fromEntries(Object.entries(lab).filter(([, value]) => typeof value !== 'function'))
  await writeFile(file, JSON.stringify({ ...data, binDir, control: { url, token } }, null, 2), { mode: 0o600 })
}
