import 'server-only'
import { KEY_KINDS } from '@/server/live/health'
import type { Reflector } from '@/server/live/reflector'

/** A kind beside the key ones that fails this long is not waited for: it alone must not keep people out. */
const PATIENCE_MS = 30_000

/** Says, each time it is asked, whether enough is listed to make views: the key kinds, and of the others what can be had. */
export function enoughListed(reflectors: readonly Pick<Reflector, 'state'>[], now: () => number = () => performance.now()): () => boolean {
  const failingSince = new Map<string, number>()
  return () => {
    for (const { state: { kind, failures } } of reflectors) {
      if (failures === 0) failingSince.delete(kind)
      else if (!failingSince.has(kind)) failingSince.set(kind, now())
    }
    const givenUp = (kind: string): boolean => now() - (failingSince.get(kind) ?? Infinity) >= PATIENCE_MS
    return reflectors.every(({ state: { kind, synced } }) => synced || (!KEY_KINDS.includes(kind) && givenUp(kind)))
  }
}
