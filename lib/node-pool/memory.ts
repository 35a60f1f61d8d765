/** A machine's memory in words, from vSphere's MiB: "16 GiB", "12290 MiB". */
export const memory = (mib: number): string => (mib % 1024 === 0 ? `${mib / 1024} GiB` : `${mib} MiB`)

/** Beside a field that takes MiB: the same in GiB, or null while what is typed is no memory. */
export function inGiB(mib: number): string | null {
  if (!Number.isFinite(mib) || mib < 1024) return null
  return mib % 1024 === 0 ? `${mib / 1024} GiB` : `About ${(mib / 1024).toFixed(1)} GiB`
}
