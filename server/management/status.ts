import 'server-only'
import { isAppError, type AppError, type FieldErrors } from '@/lib/errors'
import { failure } from '@/server/failure'

export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** `kind: Status` as the API server sends it; every field may be missing when a proxy answered in its place. */
export interface KubeStatus {
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: { readonly name?: string; readonly kind?: string; readonly retryAfterSeconds?: number; readonly causes?: readonly StatusCause[] }
}

/** The API server's refusal, for those inside the door; use cases get the AppError made from it. */
export class StatusError extends Error {
  readonly brand = 'StatusError'
  constructor(readonly code: number, readonly status: KubeStatus, readonly retryAfterMs: number | null) {
    super(status.message ?? `HTTP ${code}`)
    this.name = 'StatusError'
  }
}

export const isStatusError = (error: unknown): error is StatusError =>
  error instanceof Error && (error as { brand?: unknown }).brand === 'StatusError'

/** Field of an object (`spec.template.spec.numCPUs`) -> field of the form, or null when the form has none for it. */
export type FieldMap = (kind: string, field: string) => string | null

/** What a person is told about a refusal. Network errors and unknown throws pass through unchanged. */
export function toAppError(error: unknown, what: string, fieldOf: FieldMap = () => null): unknown {
  if (isAppError(error) || !isStatusError(error)) return error
  const detail = error.message
  switch (error.code) {
    case 401:
      return failure('management-away', 'The management cluster does not accept the portal itself. A platform admin has to look at it.', { detail })
    case 403:
      return denied(error, what, fieldOf)
    case 404:
      return failure('not-found', `${what} does not exist.`, { detail })
    case 409:
      return conflict(error, what)
    case 400:
    case 422:
      return refused(error, what, fieldOf)
    case 429:
      return failure('management-away', 'The management cluster is overloaded and asks to wait. Try again in a minute.', { detail })
    default:
      // kube-apiserver answers 500 when an applied object does not fit its schema (managedfields' typed patch): the object is
      // at fault, and trying again would not help.
      if (/failed to create typed patch object/.test(detail)) return refused(error, what, fieldOf)
      return error.code >= 500
        ? failure('management-away', 'The management cluster answers with an error. Try again in a minute.', { detail })
        : failure('refused', `The management cluster refused ${what}: ${detail}`, { detail })
  }
}

function denied(error: StatusError, what: string, fieldOf: FieldMap): AppError {
  // Webhooks and quotas answer 403 too; those are rules about the object, not about the person.
  if (/admission webhook|exceeded quota|violates PodSecurity|ValidatingAdmissionPolicy/i.test(error.message)) return refused(error, what, fieldOf)
  return failure('forbidden', `You may not do this: the management cluster refused ${what}.`, { detail: error.message })
}

function conflict(error: StatusError, what: string): AppError {
  const detail = error.message
  const causes = (error.status.details?.causes ?? []).filter((cause) => cause.reason === 'FieldManagerConflict')
  if (causes.length > 0) {
    const owned = causes.map(({ message, field }) => `${field ?? '?'} (${/conflict with "([^"]+)"/.exec(message ?? '')?.[1] ?? 'another owner'})`)
    return failure('conflict', `${what}: others own fields that this would change: ${owned.join(', ')}. Nothing was forced.`, { detail })
  }
  if (error.status.reason === 'AlreadyExists') return failure('name-taken', `${what} exists already.`, { detail })
  return failure('conflict', `${what} changed meanwhile. Look at it again, then repeat.`, { detail })
}

/**
 * A policy that kube-apiserver cannot evaluate denies as one that was broken does (dispatcher.go of its policy plugin). After a start that is
 * so for up to half a minute, until it has found the kinds that policies refer to; what it denies then says nothing about the object.
 * That no object of such a kind exists is an answer.
 */
const UNLOADED = /denied request: failed to configure (policy|binding): (?!no params found)/

function refused(error: StatusError, what: string, fieldOf: FieldMap): AppError {
  if (UNLOADED.test(error.message)) return failure('management-away', 'The management cluster has just started and has not loaded its policies yet. Try again in half a minute.', { detail: error.message })
  const kind = error.status.details?.kind ?? ''
  const fields: Record<string, string> = {}
  for (const { field, message } of error.status.details?.causes ?? []) {
    const own = field ? fieldOf(kind, field) : null
    if (own && message) fields[own] ??= message
  }
  const found: { fields?: FieldErrors } = Object.keys(fields).length > 0 ? { fields } : {}
  return failure('refused', `The management cluster refused ${what}: ${plain(error.message)}`, { detail: error.message, ...found })
}

/** The webhook's own sentence without the frame around it. */
const plain = (message: string): string => message.replace(/^admission webhook "[^"]*" denied the request: /, '').slice(0, 500)
