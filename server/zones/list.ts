import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import { type ZoneOption, zonesOf } from '@/lib/zone/option'
import type { Asker } from '@/server/operations/asker'
import { runtime } from '@/server/runtime'

/** VSphereDeploymentZones that the tenant's Namespace may use, of every vCenter, ready or not. */
export const listZones = (tenant: string): readonly ZoneOption[] => runtime().live.zones(tenant)

/** Those of a cluster's vCenter. */
export const clusterZones = (ctx: Asker, cluster: ClusterView): readonly ZoneOption[] => zonesOf(listZones(ctx.tenant), cluster.placement?.server)
