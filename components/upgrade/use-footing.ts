import type { ClusterView } from '@/lib/cluster/view'
import { findIdentity } from '@/lib/identity/select'
import type { Footing } from '@/lib/upgrade/versions'
import { useTenant } from '@/components/live/hooks'

/** What the rules of an upgrade look at, from what the page knows. */
export function useFooting(cluster: ClusterView): Footing {
  const { identities } = useTenant()
  const templates = cluster.identity === null ? [] : (findIdentity(identities, cluster.identity)?.offer.templates ?? [])
  return { current: cluster.version.current, pools: cluster.pools, templates }
}
