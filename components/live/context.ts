'use client'
import { createContext, useContext } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import type { IdentityOption } from '@/lib/identity/offer'
import type { SharedPoolOption } from '@/lib/ip-pool/offer'
import type { TenantState } from '@/lib/live/event'
import { emptyState } from '@/lib/live/reduce'
import type { Permission } from '@/lib/permission'
import type { ZoneOption } from '@/lib/zone/option'
import type { TenantActions } from './actions'
import type { Freshness } from './freshness'

export interface TenantListing {
  readonly name: string
  readonly displayName: string
}

/** What a page of a tenant knows besides the stream. */
export interface Tenant {
  readonly name: string
  readonly displayName: string
  readonly tenants: readonly TenantListing[]
  readonly session: { readonly name: string; readonly email: string }
  readonly access: readonly Permission[]
  readonly identities: readonly IdentityOption[]
  readonly sharedPools: readonly SharedPoolOption[]
  readonly zones: readonly ZoneOption[]
  readonly actions: TenantActions
}

/** A cluster that left while this browser looked on: shown as gone instead of not found. */
export interface Gone {
  readonly cluster: ClusterView
  readonly at: number
}

export const TenantContext = createContext<Tenant | null>(null)
/** What the server rendered from: the first render in the browser has to say the same, even when the stream was faster. */
export const InitialState = createContext<TenantState>(emptyState)
export const FreshnessContext = createContext<Freshness>({ state: 'live' })

export function useTenant(): Tenant {
  const tenant = useContext(TenantContext)
  if (!tenant) throw new Error('useTenant outside of TenantLive')
  return tenant
}

export const stateKey = (tenant: string) => ['tenant', tenant] as const
export const goneKey = (tenant: string) => ['tenant', tenant, 'gone'] as const
