import 'server-only'
import { AppError, type ErrorCode, type ErrorView, type FieldErrors } from '@/lib/errors'

/** An expected failure in one line. */
export function failure(code: ErrorCode, message: string, more: Omit<ErrorView, 'code' | 'message'> = {}): AppError {
  return new AppError({ code, message, ...more })
}

export const notFound = (what: string): AppError => failure('not-found', `${what} does not exist, or is not yours to see.`)

export const invalid = (fields: FieldErrors): AppError =>
  failure('invalid', Object.values(fields)[0] ?? 'Some values break a rule.', { fields })

export const away = (): AppError =>
  failure('management-away', 'The management cluster does not answer. Nothing was changed; try again when it is back.')
