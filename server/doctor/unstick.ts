import 'server-only'
import { randomUUID } from 'node:crypto'
import { LOOK_AGAIN, PAUSED, SKIP_DRAIN, SKIP_VOLUME_DETACH } from '@/lib/doctor/annotations'
import { nameOf } from '@/lib/doctor/finding'
import { audited } from '@/server/audit/audited'
import { heldCluster, heldObject, over } from '@/server/doctor/held'
import type { UnstickInput } from '@/server/inputs'
import { noteAct } from '@/server/operations/note'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

const TOLD: Readonly<Record<UnstickInput['act'], string>> = { resume: 'Resumed', 'skip-drain': 'Its drain is skipped', 'skip-volume-detach': 'Its volumes are not waited for', 'look-again': 'Tried again' }

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
    if (act === 'look-again') {
      await lookAgain(ctx, client, object, name)
      noteAct(ctx, { key: `${randomUUID()}:asked`, clusterUid: cluster.uid, cluster: name, subject: null, text: TOLD[act] })
      return null
    }
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

/** Machines that one press may reach: the rest is tried by itself. */
const MOST = 100

/** The object and every VM of the cluster that is not as it should be: one sign-in holds them all. */
async function lookAgain(ctx: TenantContext, client: UserClient, object: string, cluster: string): Promise<void> {
  const machines = Object.values(ctx.state().machines).filter((machine) => machine.cluster === cluster && (machine.deletingSince !== null || machine.state.role !== 'ok'))
  const objects = new Set([object, ...machines.slice(0, MOST).map((machine) => `VSphereVM/${machine.name}`)])
  for (const each of objects) {
    // Not the resourceVersion: its controller writes it meanwhile, and nothing of that is overwritten here.
    const found = await heldObject(client, ctx.tenant, each).catch((error: unknown) => {
      if (each === object) throw error
      return null
    })
    if (found) await client.patch(found.kind, ctx.tenant, found.name, { metadata: { uid: found.guard.uid, annotations: { [LOOK_AGAIN]: new Date().toISOString() } } })
  }
}
