import { stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { MachineFacts } from '@/lib/manifests/pool-objects'

/**
 * What a new pool takes over from a pool that is there, and its form does not ask. null where the template does not say it.
 * @param template a VSphereMachineTemplate, in either contract
 */
export function machineFactsOf(template: KubeObject): MachineFacts | null {
  const datacenter = stringIn(template, 'spec', 'template', 'spec', 'datacenter')
  return datacenter === null ? null : { datacenter }
}
