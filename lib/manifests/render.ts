import type { ClusterSpec } from '@/lib/cluster/spec'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cluster, controlPlane, ipPool, ipv6Pool, type RenderContext, vsphereCluster } from '@/lib/manifests/cluster-objects'
import { healthCheck } from '@/lib/manifests/health-check'
import { bootstrapTemplate, firstPool, fixedPools, machineDeployment, machineFacts, machineTemplate, templateRefs } from '@/lib/manifests/pool-objects'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import { sliceName, slicesOf } from '@/lib/node-pool/slices'

export type { RenderContext } from '@/lib/manifests/cluster-objects'

/**
 * A valid spec as objects of contract v1beta2, in the order in which they are applied: the Cluster first, since the others
 * are made its own by its uid (`withOwner`); each after what it refers to, so that an interrupted create leaves no machine
 * waiting for something that was never asked for. Pure: the same spec gives the same objects, names included.
 */
export function renderCluster(spec: ClusterSpec, context: RenderContext): readonly KubeObject[] {
  const nodes = firstPool(spec)
  const pools = [...[ipPool(spec, context), ipv6Pool(spec, context)].filter((pool) => pool !== null), ...fixedPools(nodes, { tenant: context.tenant, cluster: spec.name })]
  const place = { tenant: context.tenant, cluster: spec.name, deployment: machineDeploymentName(spec.name, nodes.name) }
  const machine = machineTemplate(nodes, place, machineFacts(spec))
  const bootstrap = bootstrapTemplate(nodes, place)
  const repair = healthCheck(nodes, place)
  const refs = templateRefs({ machine: machine.metadata.name, bootstrap: bootstrap.metadata.name })
  const slices = slicesOf(nodes)
  return [
    cluster(spec, context),
    ...pools,
    vsphereCluster(spec, context),
    controlPlane(spec, context),
    machine,
    bootstrap,
    ...slices.map((slice) => machineDeployment(slice.spec, { ...place, deployment: sliceName(place.deployment, slice.zone, slices.length) }, refs)),
    ...(repair === null ? [] : [repair]),
  ]
}
