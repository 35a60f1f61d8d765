/** One broken rule: where in the form, what is wrong with both values, and the fix where one is provable. */
export interface Problem {
  readonly path: readonly string[]
  readonly message: string
}

export const problem = (path: string, message: string): Problem => ({ path: path.split('.'), message })

/** Refuses what is not within the bounds, with the value and the bounds in the message. */
export function outside(path: string, what: string, value: number, min: number, max: number): Problem[] {
  if (value >= min && value <= max) return []
  return [problem(path, `${what} can be ${min} to ${max}, not ${value}.`)]
}
