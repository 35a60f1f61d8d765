import 'server-only'
import { randomUUID } from 'node:crypto'
import { headers } from 'next/headers'
import { unstable_rethrow } from 'next/navigation'
import type { z } from 'zod'
import { isAppError, type FieldErrors, type Result } from '@/lib/errors'
import type { Permission } from '@/lib/permission'
import { auditedRefusal } from '@/server/audit/audited'
import { currentSession } from '@/server/auth/session'
import { assertOwnOrigin } from '@/server/auth/origin'
import { failure, invalid } from '@/server/failure'
import { log } from '@/server/log'
import { openTenant, requirePermission, type TenantContext } from '@/server/tenants/open'

/**
 * The one edge of every write: session, origin, schema, membership, permission, use case; then an AppError becomes a
 * result and a bug an incident id. Actions can be called by direct POST, so nothing here may be left to the page.
 */
export function action<Schema extends z.ZodType<{ tenant: string }>, Value>(
  schema: Schema,
  permission: Permission,
  useCase: (ctx: TenantContext, input: z.infer<Schema>) => Promise<Value>,
): (input: z.input<Schema>) => Promise<Result<Value>> {
  return (input) =>
    asResult(async () => {
      assertOwnOrigin((await headers()).get('origin'))
      const session = await currentSession()
      if (!session) throw failure('signed-out', 'Your session has ended. Sign in again.')
      const { ctx, data } = await auditedRefusal({ who: session.user, action: permission, ...attempted(input) }, async () => {
        const parsed = schema.safeParse(input)
        if (!parsed.success) throw invalid(fieldsOf(parsed.error))
        const opened = await openTenant(session, parsed.data.tenant)
        await requirePermission(opened, permission)
        return { ctx: opened, data: parsed.data }
      })
      return useCase(ctx, data)
    })
}

/** What an input that was not checked yet is about, for the audit. */
function attempted(input: unknown): { tenant: string | null; object: string } {
  const text = (...path: readonly string[]): string | null => {
    const found = path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined), input)
    return typeof found === 'string' && found !== '' ? found : null
  }
  const cluster = text('cluster') ?? text('spec', 'name')
  const operation = text('operationId')
  return { tenant: text('tenant'), object: cluster !== null ? `Cluster/${cluster}` : operation !== null ? `Operation/${operation}` : 'Cluster' }
}

/** Runs an edge and turns what it throws into a result. */
export async function asResult<Value>(run: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    unstable_rethrow(error) // redirect() and notFound() are thrown and belong to Next
    if (isAppError(error)) return { ok: false, error: error.view }
    const incident = randomUUID().slice(0, 8)
    log.error({ event: 'incident', incident, err: error }, 'unexpected failure')
    return { ok: false, error: { code: 'internal', message: `Something broke on our side. Incident ${incident}.` } }
  }
}

/** zod's issues by form path. `spec.` is the envelope of the action, not a field that a person sees. */
export function fieldsOf(error: z.ZodError): FieldErrors {
  const fields: Record<string, string> = {}
  for (const issue of error.issues) {
    const path = issue.path.map(String).join('.').replace(/^spec\./, '')
    fields[path] ??= issue.message
  }
  return fields
}
