import 'server-only'
import type { StateRole } from '@/lib/state'
import type { Asker } from '@/server/operations/asker'
import { runtime } from '@/server/runtime'

/** Puts what a person asked for into the cluster's timeline, under their name. The same key again is the same entry. */
export function noteAct(ctx: Asker, act: { key: string; clusterUid: string; cluster: string; subject: string | null; text: string; role?: StateRole }, at = new Date()): void {
  runtime().live.note({ kind: 'entry', tenant: ctx.tenant, at: at.toISOString(), role: 'busy', who: ctx.session.email, ...act })
}
