export interface Figure {
  readonly name: string
  readonly samples: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly reference: { readonly name: string; readonly p50: number; readonly p99: number }
}

/** Nearest-rank percentile of unsorted milliseconds. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

const ms = (value: number) => `${Math.round(value)} ms`

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((f) => `| ${f.name} | ${f.samples} | ${ms(f.p50)} | ${ms(f.p99)} | ${f.reference.name}: ${ms(f.reference.p50)}, ${ms(f.reference.p99)} |`)
  return ['| Figure | Samples | p50 | p99 | Reference: p50, p99 |', '|---|---|---|---|---|', ...rows].join('\n')
}
