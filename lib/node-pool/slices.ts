import type { PoolSize, PoolSpec } from '@/lib/node-pool/spec'

/** Shares of a whole, at most one apart; the first ones get the remainder. */
export const shares = (whole: number, parts: number): readonly number[] =>
  Array.from({ length: parts }, (_, index) => Math.floor(whole / parts) + (index < whole % parts ? 1 : 0))

/** The size of each zone's MachineDeployment, in the zones' order. The autoscaler's bounds are shared out as well. */
export function sizeShares(size: PoolSize, zones: number): readonly PoolSize[] {
  if (size.kind === 'fixed') return shares(size.replicas, zones).map((replicas) => ({ kind: 'fixed', replicas }))
  const most = shares(size.max, zones)
  return shares(size.min, zones).map((min, index) => ({ kind: 'autoscaled', min, max: most[index] ?? 0 }))
}

/** The whole that shares of one kind come to. */
export function wholeSize(sizes: readonly PoolSize[]): PoolSize {
  if (sizes.every((size) => size.kind === 'autoscaled')) return { kind: 'autoscaled', min: sum(sizes.map(({ min }) => min)), max: sum(sizes.map(({ max }) => max)) }
  return { kind: 'fixed', replicas: sum(sizes.map((size) => (size.kind === 'fixed' ? size.replicas : size.min))) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)

/** A part of a pool that one MachineDeployment can be: of one zone at the most, with its share of the size. */
export interface Slice {
  readonly zone: string | null
  readonly spec: PoolSpec
}

/** One slice for each zone, in their order; a single one without a zone where the pool names none. */
export function slicesOf(pool: PoolSpec): readonly Slice[] {
  const zones = pool.zones.length === 0 ? [null] : pool.zones.toSorted()
  const sizes = sizeShares(pool.size, zones.length)
  return zones.map((zone, index) => ({ zone, spec: { ...pool, zones: zone === null ? [] : [zone], size: sizes[index] ?? pool.size } }))
}

/** `blue-1-general` where there is one slice, else `blue-1-general-zone-a`. */
export const sliceName = (deployment: string, zone: string | null, slices: number): string => (slices > 1 && zone !== null ? `${deployment}-${zone}` : deployment)
