/** A path of this portal, or the landing page: what comes in a URL must not send a person who signs in anywhere else. */
export function safePath(wanted: string | undefined): string {
  if (!wanted) return '/t'
  const base = 'http://portal.invalid'
  // next-auth hands back absolute URLs; only their path is of use, and only the browser's parser knows every spelling of "//".
  if (!wanted.startsWith('/') || !URL.canParse(wanted, base)) return '/t'
  const url = new URL(wanted, base)
  if (url.origin !== base || url.pathname.startsWith('/sign-in') || url.pathname.startsWith('/api/')) return '/t'
  // "/.//elsewhere" is a path to the parser and, once written out, an address of another host to the next one.
  if (url.pathname.startsWith('//')) return '/t'
  return url.pathname + url.search
}
