import 'server-only'
import { PREFIX, type Identity } from '@/server/auth/identity'

/**
 * The headers by which a request is made as a person, as a FLAT array: undici joins repeated headers given as an object into
 * one `a,b`, which the API server reads as ONE group.
 * @throws Error on any name that is not a person's or group's of the identity provider: no path may fall back to the portal
 */
export function impersonationHeaders({ user, groups }: Identity): string[] {
  const headers = ['Impersonate-User', wire(checked(user, 'user'))]
  for (const group of groups) headers.push('Impersonate-Group', wire(checked(group, 'group')))
  return headers
}

function checked(name: string, what: 'user' | 'group'): string {
  const bare = name.slice(PREFIX.length)
  if (!name.startsWith(PREFIX) || bare.trim() === '') throw new Error(`Refused to act as a ${what} without the prefix ${PREFIX}`)
  if (bare.startsWith('system:')) throw new Error(`Refused to act as a ${what} named system:*`)
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) throw new Error(`Refused to act as a ${what} with control characters`)
  // A header value is trimmed on its way: "oidc:a " would arrive as another person.
  if (bare !== bare.trim()) throw new Error(`Refused to act as a ${what} with spaces around the name`)
  return name
}

/** Header values are bytes; undici writes a string as latin1, so UTF-8 has to be put in beforehand. */
const wire = (name: string): string => Buffer.from(name, 'utf8').toString('latin1')
