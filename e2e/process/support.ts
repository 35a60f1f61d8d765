/** Portals as processes of their own, and people who use them over plain HTTP: no browser keeps up with a portal killed every second. */
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ErrorView } from '@/lib/errors'
import { labFacts } from '@/e2e/support/lab'
import { buildPortal, root, startPortal, type Portal } from '@/scripts/portal'
import { signIn } from './sign-in'

export interface TestPortal extends Portal {
  readonly logFile: string
  /** Of the embedded database, for a look while the portal is stopped. */
  readonly dataDir: string
}

export interface TestPortalOptions {
  /** Of its files and its log: `test-results/portal-<name>.log`. */
  readonly name: string
  /** 0: any free one. */
  readonly port?: number
  /** Otherwise its own embedded database. */
  readonly databaseUrl?: string
  /** Instead of the lab's own for the portal. */
  readonly kubeconfig?: string
}

const folder = process.env['TENANTRY_PORTALS'] ?? mkdtempSync(join(tmpdir(), 'tenantry-portals-'))

/** All portals of a run have one NEXTAUTH_SECRET, as replicas do. */
export async function startTestPortal({ name, port = 0, ...more }: TestPortalOptions): Promise<TestPortal> {
  const logFile = join(root, 'test-results', `portal-${name}.log`)
  mkdirSync(join(root, 'test-results'), { recursive: true })
  const dataDir = join(folder, name)
  const portal = await startPortal({ lab: labFacts(), port, dataDir, secretFile: join(folder, 'secret'), logFile, ...more })
  return { ...portal, logFile, dataDir }
}

/** A person with a session of the portal. @returns the Cookie header */
export function signInAs(portal: Pick<Portal, 'url'>, email: string): Promise<string> {
  const account = labFacts().accounts.find((candidate) => candidate.email === email)
  if (!account) throw new Error(`${email} is no account of the lab`)
  return signIn(portal.url, account)
}

export type Action = 'createCluster' | 'continueCreate' | 'removeCluster' | 'scalePool' | 'deleteCluster' | 'startUpgrade'
export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorView }

/**
 * Calls a server action as the browser does; `input.tenant` names the page.
 * @throws Error when the portal does not answer, or not with a result
 */
export async function callAction(portal: Pick<Portal, 'url'>, cookie: string, action: Action, input: { readonly tenant: string } & Record<string, unknown>): Promise<Answer> {
  const answer = await fetch(`${portal.url}/t/${input.tenant}/clusters`, {
    method: 'POST',
    headers: { cookie, origin: portal.url, accept: 'text/x-component', 'content-type': 'text/plain;charset=UTF-8', 'next-action': await actionId(action) },
    body: JSON.stringify([input]),
    redirect: 'manual',
  })
  const text = await answer.text()
  const row = text.split('\n').find((line) => line.startsWith('1:'))
  if (!row?.startsWith('1:{"ok":')) throw new Error(`${action} was answered with ${answer.status}: ${text.slice(0, 300)}`)
  return JSON.parse(row.slice(2)) as Answer
}

/** A portal that has just started answers before it has heard from the management cluster; until then it writes nothing. */
export async function untilItWrites(portal: Pick<Portal, 'url'>, cookie: string, tenant: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await sleep(50)) {
    const answer = await callAction(portal, cookie, 'scalePool', { tenant, cluster: 'no-such-cluster', pool: 'none', replicas: 0 })
    if (!answer.ok && answer.error.message.includes('no-such-cluster')) return
    if (Date.now() > deadline) throw new Error(`${portal.url} does not write: ${JSON.stringify(answer)}`)
  }
}

let ids: ReadonlyMap<string, string> | undefined

/** The id that the build gave to an action: it is not in the source. */
async function actionId(action: Action): Promise<string> {
  if (!ids) {
    const manifest = readFileSync(join(await buildPortal(), '.next', 'server', 'server-reference-manifest.json'), 'utf8')
    const { node } = JSON.parse(manifest) as { node: Record<string, { exportedName: string }> }
    ids = new Map(Object.entries(node).map(([id, { exportedName }]) => [exportedName, id]))
  }
  const id = ids.get(action)
  if (!id) throw new Error(`The build knows no action ${action}`)
  return id
}
