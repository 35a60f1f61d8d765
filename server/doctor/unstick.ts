import 'server-only'
import { randomUUID } from 'node:crypto'
import { PAUSED, SKIP_DRAIN, SKIP_VOLUME_DETACH } from '@/lib/doctor/annotations'
import { nameOf } from '@/lib/doctor/finding'
import { audited } from '@/server/audit/audited'
import { heldCluster, heldObject, over } from '@/server/doctor/held'
import type { UnstickInput } from '@/server/inputs'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

const TOLD: Readonly<Record<UnstickInput['act'], string>> = { resume: 'Resumed', 'skip-drain': 'Its drain is skipped', 'skip-volume-detach': 'Its volumes are not waited for' }

/**
 * A safe step, and only one that the doctor offers for this object at this moment: what no finding names is nobody's to change here.
 * @throws AppError 'conflict' when the finding is over, or the object changed while it was looked at
 */
export async function unstick(ctx: TenantContext, { cluster: name, object, act }: UnstickInput): Promise<null> {
  return audited(ctx, 'unstick:cluster', `${object} (${act})`, async () => {
    const cluster = heldCluster(ctx, name)
    const offered = (cluster.findings ?? []).some(({ next }) => next?.act === act && next.object === object)
    if (!offered) throw over(object)
    const client = runtime().asUser(ctx.identity)
    const { kind, name: own, found, guard } = await heldObject(client, ctx.tenant, object)
    if (act === 'resume') {
      const spec = kind === 'Cluster' && found.spec?.['paused'] !== undefined ? { spec: { paused: null } } : {}
      await client.patch(kind, ctx.tenant, own, { metadata: { ...guard, annotations: { [PAUSED]: null } }, ...spec })
    } else {
      await client.patch(kind, ctx.tenant, own, { metadata: { ...guard, annotations: { [act === 'skip-drain' ? SKIP_DRAIN : SKIP_VOLUME_DETACH]: 'true' } } })
    }
    noteAct(ctx, { key: `${randomUUID()}:asked`, clusterUid: cluster.uid, cluster: name, subject: kind === 'Cluster' ? null : nameOf(object), text: TOLD[act] })
    return null
  })
}
