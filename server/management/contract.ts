import 'server-only'
import type { Contract } from '@/lib/manifests/v1beta1'
import type { Discovery } from '@/server/management/discovery'
import { KINDS } from '@/server/management/kinds'

/** The version of each group to write: the newest that both this management cluster and the portal know. */
export async function servedContract(discovery: Discovery): Promise<Contract> {
  const [cluster, bootstrap, infrastructure, controlPlane] = await Promise.all(
    [KINDS.MachineDeployment, KINDS.KubeadmConfigTemplate, KINDS.VSphereMachineTemplate, KINDS.KamajiControlPlane].map((info) => discovery.version(info)),
  )
  const older = (version: string | null | undefined) => (version === 'v1beta1' ? 'v1beta1' : 'v1beta2')
  return {
    cluster: older(cluster),
    bootstrap: older(bootstrap),
    infrastructure: older(infrastructure),
    controlPlane: controlPlane === 'v1alpha1' ? 'v1alpha1' : 'v1alpha2',
  }
}
