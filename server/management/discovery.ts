import 'server-only'
import { KINDS, resourcePath, type KindInfo, type KindName } from '@/server/management/kinds'
import { isStatusError } from '@/server/management/status'
import type { Transport } from '@/server/management/transport'

interface ResourceList {
  readonly resources?: readonly { readonly name: string }[]
}

/** Which version of each kind is served. A kind whose CRD is not installed is a state (null), not a failure. */
export interface Discovery {
  /** Newest served version that the portal knows. Asked once; asked again after `forget`. */
  readonly version: (info: KindInfo) => Promise<string | null>
  /** After a 404 for a version, or an absent kind: the next question is asked afresh. */
  readonly forget: (info: KindInfo) => void
  readonly path: (kind: KindName, at?: Parameters<typeof resourcePath>[2]) => Promise<string | null>
}

export function createDiscovery(transport: Transport): Discovery {
  const lists = new Map<string, Promise<ReadonlySet<string>>>()

  const served = (group: string, version: string): Promise<ReadonlySet<string>> => {
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
    let found = lists.get(path)
    if (!found) {
      found = transport.json<ResourceList>({ method: 'GET', path }).then(
        (list) => new Set((list.resources ?? []).map(({ name }) => name)),
        (error: unknown) => {
          if (isStatusError(error) && error.code === 404) return new Set<string>()
          lists.delete(path) // an outage is not an answer
          throw error
        },
      )
      lists.set(path, found)
    }
    return found
  }

  const version = async (info: KindInfo): Promise<string | null> => {
    for (const candidate of info.versions) if ((await served(info.group, candidate)).has(info.plural)) return candidate
    return null
  }

  return {
    version,
    forget: (info) => {
      for (const candidate of info.versions) lists.delete(info.group === '' ? `/api/${candidate}` : `/apis/${info.group}/${candidate}`)
    },
    path: async (kind, at) => {
      const chosen = await version(KINDS[kind])
      return chosen === null ? null : resourcePath(KINDS[kind], chosen, at)
    },
  }
}
