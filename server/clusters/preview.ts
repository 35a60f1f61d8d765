import 'server-only'
import { randomUUID } from 'node:crypto'
import { renderCluster } from '@/lib/manifests/render'
import { admittedOffer, assertFree } from '@/server/clusters/check'
import type { CreateInput } from '@/server/inputs'
import { dryRunAll, nameOf } from '@/server/operations/apply'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** Everything that create checks, and nothing written: would it go through? @throws AppError as createCluster does */
export async function previewCluster(ctx: TenantContext, { spec }: CreateInput): Promise<{ objects: readonly string[] }> {
  requireLive(ctx)
  const client = runtime().asUser(ctx.identity)
  const objects = renderCluster(spec, { tenant: ctx.tenant, offer: admittedOffer(ctx, spec), operationId: randomUUID() })
  await assertFree(ctx, client, objects)
  await dryRunAll(client, objects)
  return { objects: objects.map(nameOf) }
}
