import 'server-only'
import { isAppError, type AppError } from '@/lib/errors'
import type { Permission } from '@/lib/permission'
import { auditAnswered, auditAsked, auditEvent, type AuditEntry } from '@/server/db/audit'
import { failure } from '@/server/failure'
import { log } from '@/server/log'
import type { Asker } from '@/server/operations/asker'
import { runtime } from '@/server/runtime'

/**
 * `resume`: a replica went on, in the person's name, with what another one had begun. `export`: the desired state of a cluster
 * was handed out as files. `look`: a tenant cluster was read with its admin kubeconfig.
 */
type Action = Permission | 'resume' | 'export' | 'look'

/**
 * Runs an act with its audit row: written as `asked` before the act, completed after it. Where the row cannot be written the
 * act does not happen. A row that stays `asked` says that the portal died in between, which is itself worth knowing. While the
 * process ends no act begins.
 * @throws AppError 'not-recorded'
 */
export function audited<Value>(ctx: Asker, permission: Action, object: string, act: () => Promise<Value>): Promise<Value> {
  const { acts, draining } = runtime()
  if (draining()) return Promise.reject(restarting())
  const answer = run(ctx, permission, object, act)
  // Known to server/start.ts, which lets acts that are under way come to their end before it stops.
  const ended = answer.then(() => undefined, () => undefined)
  acts.add(ended)
  void ended.then(() => acts.delete(ended))
  return answer
}

const restarting = (): AppError => failure('not-recorded', 'The portal is being restarted; nothing was changed. Try again in a few seconds.')

/**
 * Runs what is checked before an act has a tenant of its own: what is refused there is a refused write like any other.
 * @throws AppError 'not-recorded'
 */
export async function auditedRefusal<Value>(entry: AuditEntry, check: () => Promise<Value>): Promise<Value> {
  try {
    return await check()
  } catch (error) {
    if (isAppError(error)) await recorded(auditEvent(runtime().db, entry, false, error.view.code))
    throw error
  }
}

/**
 * A database that is away is no bug of the portal's: the person is told that nothing was done.
 * @throws AppError 'not-recorded'
 */
export async function recorded<Value>(row: Promise<Value>): Promise<Value> {
  try {
    return await row
  } catch (error) {
    log.warn({ event: 'audit.write', err: error }, 'an act was refused because it could not be recorded')
    throw failure('not-recorded', 'Nothing was changed: the portal cannot record it now, since its database does not answer. Try again in a minute.')
  }
}

async function run<Value>(ctx: Asker, permission: Action, object: string, act: () => Promise<Value>): Promise<Value> {
  const { db } = runtime()
  const who = ctx.session.user
  const id = await recorded(auditAsked(db, { who, tenant: ctx.tenant, action: permission, object }))
  const answered = async (allowed: boolean, code: string): Promise<void> => {
    log.info({ event: 'audit', who, tenant: ctx.tenant, action: permission, object, allowed, code }, 'audit')
    // The act is done: failing now would tell the person that it was not.
    await auditAnswered(db, id, allowed, code).catch((error: unknown) => log.error({ event: 'audit.write', id, err: error }, 'an audit row stays open'))
  }
  try {
    const value = await act()
    await answered(true, 'ok')
    return value
  } catch (error) {
    await answered(false, isAppError(error) ? error.view.code : 'internal')
    throw error
  }
}
