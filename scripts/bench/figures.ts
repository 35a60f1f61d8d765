/** One figure beside its reference of the same run. */
export interface Figure {
  readonly name: string
  readonly value: string
  readonly reference: string
  /** Empty where none was set. */
  readonly goal: string
  /** null without a goal. */
  readonly met: boolean | null
}

/** What one bench found; kept in docs/benchmarks.json, so that a run of one bench leaves the others' figures as they are. */
export interface Section {
  readonly machine: string
  readonly date: string
  readonly figures: readonly Figure[]
  /** How it was measured, as Markdown. */
  readonly notes: string
}

/** Nearest-rank percentile of unsorted values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

export const ms = (value: number): string => `${Math.round(value)} ms`
export const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

/** "p50 262 ms, p99 273 ms (200 samples)". */
export const spread = (values: readonly number[]): string => `p50 ${ms(percentile(values, 50))}, p99 ${ms(percentile(values, 99))} (${values.length} samples)`

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, reference, goal, met }) => `| ${name} | ${value} | ${reference} | ${goal}${met === null ? '' : met ? ': ok' : ': **missed**'} |`)
  return ['| Figure | Portal | Reference | Goal |', '|---|---|---|---|', ...rows].join('\n')
}

export function page(sections: Readonly<Record<string, Section>>): string {
  const parts = Object.entries(sections).map(([name, { machine, date, figures, notes }]) => `## ${name}\n\n${machine}. ${date}.\n\n${table(figures)}\n\n${notes.trim()}\n`)
  return `# Benchmarks\n\nWritten by \`npm run bench\`, or \`npm run bench -- <name>\` for one of them; each figure stands beside a reference measured in the same run on the\nsame lab. Lower is better.\n\n${parts.join('\n')}`
}
