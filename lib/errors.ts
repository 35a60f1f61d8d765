/** A failure that a person can act on. The code is stable: pages and tests match on it, never on the text. */
export type ErrorCode =
  | 'invalid' // the input breaks a rule; `fields` says which
  | 'signed-out'
  | 'forbidden' // the API server, asked as the user, refused
  | 'not-found' // absent, or not for this user: the two are never told apart
  | 'name-taken'
  | 'refused' // a webhook or validation of the management cluster refused an object; nothing was written
  | 'conflict' // another field manager owns a field, or the object changed meanwhile
  | 'management-away' // the management cluster does not answer
  | 'not-recorded' // the portal's own database does not take the audit record: nothing was done
  | 'interrupted' // some objects of the operation exist, others do not: `progress` says which
  | 'not-ready' // the thing asked for waits for something named in the message
  | 'foreign-origin'
  | 'internal' // a bug; the message carries an incident id only

/** Path in the form (`pool.replicas`, `addresses.range`) -> what is wrong, with the values. */
export type FieldErrors = Readonly<Record<string, string>>

/** How far a set of objects got: names are `Kind/name`. */
export interface Progress {
  readonly operationId: string
  readonly exist: readonly string[]
  readonly missing: readonly string[]
}

/** What crosses to the browser. `detail` is the raw text of the API server or webhook, shown one click away. */
export interface ErrorView {
  readonly code: ErrorCode
  readonly message: string
  readonly fields?: FieldErrors
  readonly detail?: string
  readonly progress?: Progress
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorView }

/**
 * An expected failure. Next gives actions, routes and instrumentation separate module instances, so `instanceof` does not
 * hold across them: test with `isAppError`, which looks at the brand.
 */
export class AppError extends Error {
  readonly brand = 'AppError'
  constructor(readonly view: ErrorView, options?: ErrorOptions) {
    super(view.message, options)
    this.name = 'AppError'
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && (error as { brand?: unknown }).brand === 'AppError'
}
