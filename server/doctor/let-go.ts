import 'server-only'
import { randomUUID } from 'node:crypto'
import { nameOf } from '@/lib/doctor/finding'
import { audited } from '@/server/audit/audited'
import { heldCluster, heldObject, over } from '@/server/doctor/held'
import { letGoOfLeftBehind } from '@/server/doctor/left-behind'
import { failure, invalid } from '@/server/failure'
import type { LetGoInput } from '@/server/inputs'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/**
 * Takes hooks or finalizers from one object that is on its way out, by exactly the names that the doctor shows for it now. What
 * stays behind is in `meaningOf` and was shown to the person who typed the name.
 * @throws AppError 'invalid' when the typed name is another one, 'conflict' when the finding is over or the object is not deleted
 */
export async function letGo(ctx: TenantContext, input: LetGoInput): Promise<null> {
  const { cluster: name, object, act, typedName } = input
  return audited(ctx, 'unstick:cluster', `${object} (let go of ${act})`, async () => {
    if (act === 'left-behind') return letGoOfLeftBehind(ctx, input)
    const cluster = heldCluster(ctx, name)
    if (typedName !== nameOf(object)) throw invalid({ typedName: `Type ${nameOf(object)} to let go of it.` })
    const resort = (cluster.findings ?? []).flatMap(({ lastResorts }) => lastResorts).find((one) => one.act === act && one.object === object)
    if (!resort) throw over(object)
    const client = runtime().asUser(ctx.identity)
    const { kind, name: own, found, guard } = await heldObject(client, ctx.tenant, object)
    if (found.metadata.deletionTimestamp === undefined) throw failure('conflict', `${own} is not being deleted: nothing of it is let go of.`)
    const metadata = act === 'hooks'
      ? { annotations: Object.fromEntries(resort.keys.map((key) => [key, null])) }
      : { finalizers: (found.metadata.finalizers ?? []).filter((one) => !resort.keys.includes(one)) }
    await client.patch(kind, ctx.tenant, own, { metadata: { ...guard, ...metadata } })
    const text = act === 'hooks' ? `Its hooks were removed: ${resort.keys.join(', ')}` : `${kind} was let go of, without ${resort.keys.join(', ')}`
    noteAct(ctx, { key: `${randomUUID()}:asked`, clusterUid: cluster.uid, cluster: name, subject: own, text })
    return null
  })
}
