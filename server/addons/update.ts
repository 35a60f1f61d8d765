import 'server-only'
import { following, settingsOf } from '@/lib/addons/view'
import { liveAddOns } from '@/server/addons/live'
import { prepareAddOns } from '@/server/addons/prepare'
import { findCluster } from '@/server/node-pools/find'
import type { Asker } from '@/server/operations/asker'
import type { Lease } from '@/server/operations/lease'
import { runtime } from '@/server/runtime'

/**
 * Brings the installed add-ons of a cluster to a version of Kubernetes: for the step of an upgrade between control plane and pools. To be
 * called with the upgrade's own lease once the control plane runs that version, and as often as wanted: what is so already does not
 * change. An image version that was typed for another minor is let go. Add-ons that are not installed stay so.
 * @returns names of what was written (`cpi`); empty when nothing is installed
 * @throws AppError 'forbidden' | 'conflict' | 'not-ready' | 'refused' | 'management-away', with nothing forced
 */
export async function updateAddOns(ctx: Asker, name: string, kubernetes: string, lease: Pick<Lease, 'assertHeld'>): Promise<readonly string[]> {
  const cluster = findCluster(ctx, name)
  const { carriers } = await liveAddOns(runtime().asUser(ctx.identity), ctx.tenant, name)
  const installed = [...carriers].flatMap(([addOn, carrier]) => {
    const settings = settingsOf(carrier, addOn)
    return settings ? [following(settings, kubernetes)] : []
  })
  const { wanted, objectsOf } = await prepareAddOns(ctx, { cluster: name, kubernetes, identity: cluster.identity, datacenter: cluster.placement?.datacenter || null, apiPort: cluster.endpoint?.port ?? null }, installed)
  for (const settings of wanted) {
    for (const object of objectsOf(settings, { name, uid: cluster.uid })) {
      lease.assertHeld()
      await runtime().own.apply(object)
    }
  }
  return wanted.map((settings) => settings.name)
}
