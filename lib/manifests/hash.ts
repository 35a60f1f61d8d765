/**
 * JSON with sorted keys: two objects that mean the same have one text, however they were written. Absent and undefined are
 * the same; the order of a list is part of its meaning and stays.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`)
  return `{${fields.join(',')}}`
}

const OFFSET = 0xcbf29ce484222325n
const PRIME = 0x100000001b3n
const MASK = (1n << 64n) - 1n

/**
 * Ten hex digits of FNV-1a (64 bit) over the canonical content, for names of templates. Templates are named by content: a
 * VSphereMachineTemplate can't be changed, and a changed KubeadmConfigTemplate would silently reach new machines only.
 * It need not withstand an attacker, who would only choose the name of their own object; it must be the same in browser and
 * server, which rules out node:crypto, and synchronous, which rules out WebCrypto.
 */
export function contentHash(content: unknown): string {
  let hash = OFFSET
  for (const byte of new TextEncoder().encode(canonicalJson(content))) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  return (hash ^ (hash >> 40n)).toString(16).padStart(16, '0').slice(-10)
}
