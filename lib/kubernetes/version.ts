export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
}

const VERSION = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-+][0-9A-Za-z.+-]*)?$/

/** Reads `v1.35.4` and what controllers write (`1.35.4`, `v1.35.4+vmware.1`). */
export function parseVersion(text: string): Version | null {
  const match = VERSION.exec(text)
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) }
}

/** Below, above or equal, for sorting; an unreadable version sorts first. */
export function compareVersions(left: string, right: string): number {
  const a = parseVersion(left)
  const b = parseVersion(right)
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1)
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch
}

/** `1.35` of `v1.35.4`: kubeadm and the skew rules look only at it. */
export function minorOf(text: string): string | null {
  const version = parseVersion(text)
  return version === null ? null : `${version.major}.${version.minor}`
}

/** As sentences write it: without the `v`. */
export const plainVersion = (text: string): string => text.replace(/^v(?=\d)/, '')

/** Two spellings of one version (`1.35.4` and `v1.35.4`) are the same; unreadable ones are compared as text. */
export const sameVersion = (left: string, right: string): boolean => plainVersion(left) === plainVersion(right)
