import 'server-only'
import { storyById } from '@/lib/live/select'
import type { Story } from '@/lib/rollout/story'
import { findStory } from '@/server/db/rollouts'
import { notFound } from '@/server/failure'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/**
 * One change with its machines, whenever it was.
 * @throws AppError 'not-found' for one of another tenant and for an absent one alike
 */
export async function getChange(ctx: TenantContext, id: string): Promise<Story> {
  const { db, live } = runtime()
  const story = storyById(ctx.state(), id) ?? (/^[\w-]{1,64}$/.test(id) ? (await findStory(db, id, ctx.tenant, live.tenantUid(ctx.tenant)))?.story : null)
  if (!story) throw notFound(`The change ${JSON.stringify(id.slice(0, 63))}`)
  return story
}
