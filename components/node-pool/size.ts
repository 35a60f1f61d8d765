import { memory } from '@/lib/node-pool/memory'

/** "4 CPU, 16 GiB, 60 GiB disk"; parts that are not known are left out. */
export function machineSize(size: { cpus: number | null; memoryMiB: number | null; diskGiB: number | null }): string {
  const parts = [size.cpus ? `${size.cpus} CPU` : null, size.memoryMiB ? memory(size.memoryMiB) : null, size.diskGiB ? `${size.diskGiB} GiB disk` : null]
  return parts.filter(Boolean).join(', ') || '–'
}

export interface Size {
  readonly cpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
}

export const SIZES: Readonly<Record<'small' | 'medium' | 'large', Size>> = {
  small: { cpus: 2, memoryMiB: 8192, diskGiB: 40 },
  medium: { cpus: 4, memoryMiB: 16384, diskGiB: 60 },
  large: { cpus: 8, memoryMiB: 32768, diskGiB: 120 },
}

export type SizeName = keyof typeof SIZES | 'own'

export function sizeName(size: Size): SizeName {
  const known = (Object.keys(SIZES) as (keyof typeof SIZES)[]).find((name) => SIZES[name].cpus === size.cpus && SIZES[name].memoryMiB === size.memoryMiB && SIZES[name].diskGiB === size.diskGiB)
  return known ?? 'own'
}
