/**
 * Lets another process of the same user ask and disturb a running lab (`lab status`, tests of outages). Loopback HTTP and a
 * token from a 0600 file: a socket file's path may be 107 bytes long at most, which a state folder easily exceeds.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Lab, LabPartName, LabPartStatus } from './contract'
import { writePrivate } from './pki'

interface StatusAddress {
  readonly port: number
  readonly token: string
}

const addressFile = (stateDir: string) => join(stateDir, 'status.json')

/** Answers the ending. */
export async function serveStatus(lab: Lab): Promise<() => Promise<void>> {
  const token = randomBytes(24).toString('base64url')
  const server = createServer((request, response) => {
    const answer = (code: number, body: unknown) => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (!authorized(request, token)) return answer(401, { error: 'no token' })
    handle(lab, request).then(
      (body) => answer(200, body ?? {}),
      (error: unknown) => answer(500, { error: error instanceof Error ? error.message : String(error) }),
    )
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await writePrivate(addressFile(lab.stateDir), JSON.stringify({ port, token } satisfies StatusAddress))
  return async () => {
    await rm(addressFile(lab.stateDir), { force: true })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Undefined when no lab answers for this folder. */
export async function askStatus(stateDir: string): Promise<readonly LabPartStatus[] | undefined> {
  return (await ask(stateDir, 'GET', '/status')) as readonly LabPartStatus[] | undefined
}

export async function askTo(stateDir: string, verb: 'kill' | 'revive', part: string): Promise<boolean> {
  return (await ask(stateDir, 'POST', `/${verb}/${encodeURIComponent(part)}`)) !== undefined
}

async function ask(stateDir: string, method: string, path: string): Promise<unknown> {
  try {
    const { port, token } = JSON.parse(await readFile(addressFile(stateDir), 'utf8')) as StatusAddress
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { authorization: `Bearer ${token}` } })
    const body = (await response.json()) as { error?: string }
    if (!response.ok) throw new Error(body.error ?? `the lab answers ${response.status}`)
    return body
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof TypeError) return undefined
    throw error
  }
}

async function handle(lab: Lab, request: IncomingMessage): Promise<unknown> {
  const [, verb, part] = (request.url ?? '').split('/')
  if (request.method === 'GET' && verb === 'status') return lab.status()
  const name = decodeURIComponent(part ?? '') as LabPartName
  if (request.method === 'POST' && verb === 'kill') return lab.kill(name)
  if (request.method === 'POST' && verb === 'revive') return lab.revive(name)
  throw new Error(`nothing answers ${request.method ?? ''} ${request.url ?? ''}`)
}

function authorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
