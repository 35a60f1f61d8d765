'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { readQuery, writeQuery, type ListQuery } from './order'

/** Search, filter and order stand in the URL. history.replaceState, which Next follows, asks the server for nothing. */
export function useListQuery(): readonly [ListQuery, (change: Partial<ListQuery>) => void] {
  const query = readQuery(useSearchParams())
  const path = usePathname()
  return [query, (change) => window.history.replaceState(null, '', path + writeQuery({ ...query, ...change }))]
}
