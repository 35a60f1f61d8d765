'use client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { LiveMessage, TenantState } from '@/lib/live/event'
import { reduce } from '@/lib/live/reduce'
import { useNow } from '@/components/ui/now'
import { answered } from './actions'
import { FreshnessContext, goneKey, InitialState, stateKey, TenantContext, type Gone, type Tenant } from './context'
import { freshness, type Contact, type Freshness as FreshnessState } from './freshness'
import { useHeld } from './held'
import { shareStream, type Channel } from './share'
import { browserEnvironment, keepStream } from './stream'

const contactKey = (tenant: string) => ['tenant', tenant, 'contact'] as const

interface TenantLiveProps {
  readonly tenant: Tenant
  readonly initial: TenantState
  /** Shown when the person may no longer see the tenant. */
  readonly revoked: ReactNode
  readonly children: ReactNode
}

/** Holds the tenant's state in the query cache and lets the stream change it. Remount it (key) for another tenant. */
export function TenantLive({ tenant, initial, revoked, children }: TenantLiveProps) {
  const [client] = useState(() => {
    const fresh = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } })
    fresh.setQueryData(stateKey(tenant.name), initial)
    return fresh
  })
  // A later render of the layout brings a newer state; the stream has told it already.
  const [firstState] = useState(initial)
  const [forbidden, forbid] = useState(false)
  const { name } = tenant
  const person = tenant.session.email

  useEffect(() => {
    if (forbidden) return
    const message = (incoming: LiveMessage) => {
      if (incoming.type === 'signed-out') {
        // Forms keep their draft in sessionStorage (components/create/draft.ts), so leaving loses nothing that was typed.
        const back = location.pathname + location.search
        // A full load on purpose: nothing of the ended session may stay in memory.
        // eslint-disable-next-line @next/next/no-location-assign-relative-destination
        return location.assign(`/sign-in?ended=1&back=${encodeURIComponent(back)}`)
      }
      if (incoming.type === 'revoked') {
        client.clear()
        return forbid(true)
      }
      heard(client, name)
      if (incoming.type === 'beat' || incoming.type === 'synced') return
      const before = client.getQueryData<TenantState>(stateKey(name))
      if (!before) return
      const after = reduce(before, incoming)
      keepGone(client, name, before, after)
      client.setQueryData<TenantState>(stateKey(name), after)
    }
    const connected = (now: boolean) =>
      client.setQueryData<Contact>(contactKey(name), (held) => ({
        connected: now,
        lostAt: now ? null : (held?.lostAt ?? Date.now()),
        lastMessageAt: now ? Date.now() : (held?.lastMessageAt ?? Date.now()),
      }))
    const url = `/api/t/${encodeURIComponent(name)}/stream`
    return shareStream(
      // The person is part of the name: tabs of two people (one signed out, another in) must not feed each other.
      `tenantry:${person}:${name}`,
      { message, connected, state: () => client.getQueryData<TenantState>(stateKey(name)) },
      {
        locks: navigator.locks ?? null,
        channel: (channelName) => new BroadcastChannel(channelName) as Channel,
        stream: (listener) => keepStream(url, listener, browserEnvironment),
      },
    )
  }, [client, forbidden, name, person])

  const guarded = useMemo(() => ({ ...tenant, actions: answered(tenant.actions) }), [tenant])
  if (forbidden) return revoked
  return (
    <QueryClientProvider client={client}>
      <TenantContext value={guarded}>
        <InitialState value={firstState}>
          <Freshness tenant={name}>{children}</Freshness>
        </InitialState>
      </TenantContext>
    </QueryClientProvider>
  )
}

function heard(client: QueryClient, tenant: string) {
  client.setQueryData<Contact>(contactKey(tenant), { connected: true, lostAt: null, lastMessageAt: Date.now() })
}

function keepGone(client: QueryClient, tenant: string, before: TenantState, after: TenantState) {
  const left = Object.entries(before.clusters).filter(([key]) => !(key in after.clusters))
  if (left.length === 0) return
  const gone = left.map(([, cluster]): Gone => ({ cluster, at: Date.now() }))
  client.setQueryData<readonly Gone[]>(goneKey(tenant), (held = []) => [...gone, ...held].slice(0, 100))
}

/** Looks at the clock once a second; its readers render again only when the answer changes. */
function Freshness({ tenant, children }: { tenant: string; children: ReactNode }) {
  const now = useNow(1000)
  const contact = useHeld<Contact | null>(contactKey(tenant), null)
  const state = useHeld(stateKey(tenant), useContext(InitialState))
  const answer = freshness(contact ?? { connected: true, lostAt: null, lastMessageAt: now }, state.health, now)
  const { state: word } = answer
  const since = answer.state === 'stale' ? answer.since : 0
  const cause = answer.state === 'stale' ? answer.cause : 'stream'
  const degraded = answer.state === 'live' ? answer.degraded : undefined
  const value = useMemo((): FreshnessState => {
    if (word === 'stale') return { state: word, since, cause }
    return word === 'live' && degraded ? { state: word, degraded } : { state: word }
  }, [word, since, cause, degraded])
  useRightsAfresh(word)
  return <FreshnessContext value={value}>{children}</FreshnessContext>
}

/** A page rendered while the management cluster was away could not be told what the person may do: it asks again afterwards. */
function useRightsAfresh(word: FreshnessState['state']) {
  const router = useRouter()
  const before = useRef(word)
  useEffect(() => {
    if (before.current === 'stale' && word !== 'stale') router.refresh()
    before.current = word
  }, [word, router])
}
