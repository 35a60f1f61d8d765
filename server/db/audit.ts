import 'server-only'
import { randomUUID } from 'node:crypto'
import { cleanLine } from '@/lib/text'
import type { Database } from '@/server/db/client'

/** The only fields an audit row has; content of objects, kubeconfigs and tokens have no place to go. */
export interface AuditEntry {
  readonly who: string
  readonly tenant: string | null
  /** A permission (`create:cluster`) or an act of a session (`sign-in`). */
  readonly action: string
  /** `Kind/name`. */
  readonly object: string
}

/** Names in a refused request may be anything; PostgreSQL takes no NUL, and whoever reads the audit must not be misled. */
const clean = ({ who, tenant, action, object }: AuditEntry): AuditEntry => ({ who: cleanLine(who, 256), tenant: tenant === null ? null : cleanLine(tenant, 63), action, object: cleanLine(object) })

/** Records the request before the act. @returns the row's id, for `auditAnswered` */
export async function auditAsked(db: Database, entry: AuditEntry): Promise<string> {
  const id = randomUUID()
  await db.prisma.audit.create({ data: { ...clean(entry), id, allowed: null, code: 'asked' } })
  return id
}

export async function auditAnswered(db: Database, id: string, allowed: boolean, code: string): Promise<void> {
  await db.prisma.audit.update({ where: { id }, data: { allowed, code } })
}

/** Something that is over already: a sign-in, a refusal before anything was asked of the API server. */
export async function auditEvent(db: Database, entry: AuditEntry, allowed: boolean, code: string): Promise<void> {
  await db.prisma.audit.create({ data: { ...clean(entry), id: randomUUID(), allowed, code } })
}
