import 'server-only'
import type { SharedPoolOption } from '@/lib/ip-pool/offer'
import { runtime } from '@/server/runtime'

/** GlobalInClusterIPPools whose offer admits the tenant's Namespace. */
export const listSharedPools = (tenant: string): readonly SharedPoolOption[] => runtime().live.sharedPools(tenant)
