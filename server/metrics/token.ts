import 'server-only'
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether a request with this Authorization header may read the metrics; without a token of ours anybody may who reaches the portal. */
export function mayScrape(authorization: string | null, token: string | undefined): boolean {
  if (token === undefined) return true
  const given = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? ''
  // Digests are of one length, so that comparing tells nothing of the token, its length included.
  return timingSafeEqual(digest(given), digest(token))
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
