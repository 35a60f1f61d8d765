import 'server-only'
import type { ErrorCode } from '@/lib/errors'
import { asResult } from '@/server/action'
import type { Session } from '@/server/auth/identity'
import { currentSession } from '@/server/auth/session'
import { failure } from '@/server/failure'

const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid: 400, 'signed-out': 401, forbidden: 403, 'foreign-origin': 403, 'not-found': 404, 'name-taken': 409, conflict: 409,
  interrupted: 409, 'not-ready': 409, refused: 422, internal: 500, 'management-away': 503, 'not-recorded': 503,
}

/** Runs a route handler; what it throws is answered as `{ error: ErrorView }` with the fitting status. */
export async function routeErrors(handle: () => Promise<Response>): Promise<Response> {
  const result = await asResult(handle)
  if (result.ok) return result.value
  return Response.json({ error: result.error }, { status: STATUS[result.error.code], headers: { 'Cache-Control': 'no-store' } })
}

/** @throws AppError 'signed-out' */
export async function requireSession(): Promise<Session> {
  const session = await currentSession()
  if (!session) throw failure('signed-out', 'Your session has ended. Sign in again.')
  return session
}
