import type { ClusterSpec } from '@/lib/cluster/spec'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cluster, controlPlane, ipPool, type RenderContext, vsphereCluster } from '@/lib/manifests/cluster-objects'
import { bootstrapTemplate, machineDeployment, machineTemplate } from '@/lib/manifests/pool-objects'

export type { RenderContext } from '@/lib/manifests/cluster-objects'

/**
 * A valid spec as objects of contract v1beta2, in the order in which they are applied: the Cluster first, since the others
 * are made its own by its uid (`withOwner`); each after what it refers to, so that an interrupted create leaves no machine
 * waiting for something that was never asked for. Pure: the same spec gives the same objects, names included.
 */
export function renderCluster(spec: ClusterSpec, context: RenderContext): readonly KubeObject[] {
  const pool = ipPool(spec, context)
  const machine = machineTemplate(spec, context)
  const bootstrap = bootstrapTemplate(spec, context)
  return [
    cluster(spec, context),
    ...(pool === null ? [] : [pool]),
    vsphereCluster(spec, context),
    controlPlane(spec, context),
    machine,
    bootstrap,
    machineDeployment(spec, context, { machine, bootstrap }),
  ]
}
