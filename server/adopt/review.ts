import 'server-only'
import type { AdoptionReview } from '@/lib/adopt/review'
import { managersOf } from '@/lib/manifests/ownership'
import { prepareAdoption } from '@/server/adopt/prepare'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** What taking a cluster over would do. Writes nothing. @throws AppError as prepareAdoption does */
export async function reviewAdoption(ctx: TenantContext, name: string): Promise<AdoptionReview> {
  requireLive(ctx)
  const { live, asUser } = runtime()
  const dryRun = await live.access.allows(ctx.identity, ctx.tenant, 'adopt:cluster')
  const { cluster, origin, objects, reasons } = await prepareAdoption(ctx, asUser(ctx.identity), name, dryRun)
  return {
    cluster: cluster.name, uid: cluster.uid, origin, reasons, dryRun, machines: cluster.machines.total,
    objects: objects.map(({ live: object, from }) => ({ kind: object.kind, name: object.metadata.name, from, stay: managersOf(object).filter((manager) => !from.includes(manager)) })),
  }
}
