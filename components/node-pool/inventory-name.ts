/** The telling part of a vSphere inventory path: a cluster's root pool is called Resources everywhere. */
export function inventoryName(path: string): string {
  const parts = path.split('/').filter(Boolean)
  if (parts.length > 1 && parts.at(-1) === 'Resources') parts.pop()
  return parts.at(-1) ?? path
}
