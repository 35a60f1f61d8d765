import 'server-only'
import type { Problem } from '@/lib/cluster/rules/problem'
import { AppError, type ErrorCode, type ErrorView, type FieldErrors } from '@/lib/errors'
import { listed } from '@/lib/text'

/** An expected failure in one line. */
export function failure(code: ErrorCode, message: string, more: Omit<ErrorView, 'code' | 'message'> = {}): AppError {
  return new AppError({ code, message, ...more })
}

export const notFound = (what: string): AppError => failure('not-found', `${what} does not exist, or is not yours to see.`)

export const invalid = (fields: FieldErrors): AppError =>
  failure('invalid', Object.values(fields)[0] ?? 'Some values break a rule.', { fields })

/** @throws AppError 'invalid' with every field, when there is a problem */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return
  const fields: Record<string, string> = {}
  for (const { path, message } of problems) fields[path.join('.')] ??= message
  throw invalid(fields)
}

/** An apply without force is refused for these. @param fields each with its owners: `Labels (helm)` */
export const heldByOthers = (fields: readonly string[]): AppError =>
  failure('conflict', `Another tool holds what this would change: ${listed(fields, 4)}. Nothing was forced, and nothing was written. Change it with that tool, or let it go of the field.`)

export const away = (): AppError =>
  failure('management-away', 'The management cluster does not answer. Nothing was changed; try again when it is back.')
