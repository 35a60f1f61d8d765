import 'server-only'
import { KINDS, resourcePath, type KindInfo, type KindName } from '@/server/management/kinds'
import { isStatusError, StatusError } from '@/server/management/status'
import type { Transport } from '@/server/management/transport'

interface ResourceList {
  readonly resources?: readonly { readonly name: string }[] | null
}

interface GroupList {
  readonly groups?: readonly { readonly name: string; readonly versions: readonly { readonly version: string }[] }[] | null
}

/** Served by every API server: an answer without them is none of its own. */
const BUILT_IN: ReadonlySet<string> = new Set(['', 'rbac.authorization.k8s.io'])

/**
 * Which version of each kind is served. A kind whose CRD is not installed is a state (null), not a failure. It takes a positive answer
 * to be one: whatever stands between may answer any path with a 404, and every object of an absent kind counts as deleted.
 */
export interface Discovery {
  /** Newest served version that the portal knows. Asked once; asked again after `forget`. @throws StatusError when nobody can tell */
  readonly version: (info: KindInfo) => Promise<string | null>
  /** After a 404 for a version, or an absent kind: the next question is asked afresh. */
  readonly forget: (info: KindInfo) => void
  readonly path: (kind: KindName, at?: Parameters<typeof resourcePath>[2]) => Promise<string | null>
}

export function createDiscovery(transport: Transport): Discovery {
  const lists = new Map<string, Promise<ReadonlySet<string>>>()

  const resources = async (path: string, group: string, version: string): Promise<ReadonlySet<string>> => {
    try {
      const list = await transport.json<ResourceList>({ method: 'GET', path })
      if (!Array.isArray(list.resources)) throw unclear(`${path} was not answered with a list of resources`)
      return new Set((list.resources as NonNullable<ResourceList['resources']>).map(({ name }) => name))
    } catch (error) {
      if (BUILT_IN.has(group) || !isStatusError(error) || error.code !== 404) throw error
      const { groups } = await transport.json<GroupList>({ method: 'GET', path: '/apis' })
      if (!Array.isArray(groups)) throw unclear('/apis was not answered with a list of groups')
      const versions = (groups as NonNullable<GroupList['groups']>).find(({ name }) => name === group)?.versions ?? []
      if (versions.some((served) => served.version === version)) throw error
      return new Set()
    }
  }

  const served = (group: string, version: string): Promise<ReadonlySet<string>> => {
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
    let found = lists.get(path)
    if (!found) {
      found = resources(path, group, version)
      found.catch(() => lists.delete(path)) // an outage is not an answer
      lists.set(path, found)
    }
    return found
  }

  const version = async (info: KindInfo): Promise<string | null> => {
    for (const candidate of info.versions) if ((await served(info.group, candidate)).has(info.plural)) return candidate
    if (BUILT_IN.has(info.group)) throw unclear(`${info.kind} is not among what the API server says to serve`)
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

const unclear = (message: string): StatusError => new StatusError(502, { message }, null)
