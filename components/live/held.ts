'use client'
import { QueryObserver, useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'

/**
 * Data that only the stream writes, out of the query cache. Not useQuery: parts of a page hydrate later than the provider
 * above them, and useQuery would then give them what the stream has already changed, unlike what the server rendered.
 */
export function useHeld<Data>(key: QueryKey, initial: Data): Data {
  const client = useQueryClient()
  const [root, tenant, part] = key as readonly (string | undefined)[]
  const subscribe = useCallback(
    (changed: () => void) =>
      new QueryObserver(client, { queryKey: part === undefined ? [root, tenant] : [root, tenant, part], enabled: false, gcTime: Infinity, structuralSharing: false }).subscribe(changed),
    [client, root, tenant, part],
  )
  return useSyncExternalStore(subscribe, () => client.getQueryData<Data>(key) ?? initial, () => initial)
}
