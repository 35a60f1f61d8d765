import 'server-only'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/** Puts what a person asked for into the cluster's timeline, under their name. */
export function noteAct(ctx: TenantContext, act: { key: string; clusterUid: string; cluster: string; subject: string | null; text: string }): void {
  runtime().live.note({ kind: 'entry', tenant: ctx.tenant, at: new Date().toISOString(), role: 'busy', who: ctx.session.email, ...act })
}
