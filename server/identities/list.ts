import 'server-only'
import type { IdentityOption } from '@/lib/identity/offer'
import { runtime } from '@/server/runtime'

/** vSphere identities that admit the tenant's Namespace and have a valid offer. */
export const listIdentities = (tenant: string): readonly IdentityOption[] => runtime().live.identities(tenant)
