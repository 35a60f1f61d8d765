import 'server-only'

/** SQLSTATE classes of what a statement says: data (22), constraints (23), limits of the program (54). All else may pass. */
const CLASSES = /^(?:22|23|54)[0-9A-Z]{3}$/
/** Prisma's own words for the same: too long, constraints, invalid and missing values, out of range, inconsistent data. */
const CODES: ReadonlySet<string> = new Set(['P2000', 'P2002', 'P2003', 'P2004', 'P2005', 'P2006', 'P2007', 'P2011', 'P2012', 'P2013', 'P2019', 'P2020', 'P2023', 'P2033'])
const DEPTH = 6

/** Whether the database refused a write for what it says. Asked again it would be refused again; anything else is worth another try. */
export function isRefusal(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEPTH) return false
  const { code, originalCode, meta, cause, driverAdapterError } = error as Record<string, unknown>
  if ([code, originalCode].some((each) => typeof each === 'string' && (CLASSES.test(each) || CODES.has(each)))) return true
  return [meta, cause, driverAdapterError].some((inner) => isRefusal(inner, depth + 1))
}
