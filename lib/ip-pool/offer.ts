import { z } from 'zod'

/**
 * Annotation `tenantry.dev/offer` on a GlobalInClusterIPPool: without it no tenant is offered the pool. `allowedNamespaces` is
 * read as VSphereClusterIdentity's field of that name: `{}` is every tenant, a selector those whose Namespace has the labels.
 */
export const poolOffer = z.object({
  allowedNamespaces: z.looseObject({}),
  /** DNS servers of its network; an InClusterIPPool has no field for them. */
  nameservers: z.array(z.string().min(1)).min(1).max(3),
  /** The network in vSphere that its addresses belong to; absent: any that the tenant may choose. */
  network: z.string().min(1).optional(),
})
export type PoolOffer = z.infer<typeof poolOffer>

/** A shared pool that a tenant may use, as the create form shows it. Its ranges stay with the platform. */
export interface SharedPoolOption {
  readonly name: string
  readonly nameservers: readonly string[]
  readonly network: string | null
  readonly total: number
  readonly free: number
}

export const findSharedPool = (options: readonly SharedPoolOption[], name: string): SharedPoolOption | null =>
  options.find((option) => option.name === name) ?? null
