import 'server-only'
import { env } from '@/server/env'
import { failure } from '@/server/failure'

/**
 * Next refuses a foreign Origin of a server action but lets a missing one pass, and believes x-forwarded-host of the client.
 * Browsers send Origin with every POST, so a request without one is not from a page of ours.
 * @throws AppError 'foreign-origin'
 */
export function assertOwnOrigin(origin: string | null): void {
  if (origin === new URL(env().NEXTAUTH_URL).origin) return
  throw failure('foreign-origin', 'This request does not come from the portal’s own pages.')
}
