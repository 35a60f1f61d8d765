import type { KubeObject } from '@/lib/kubernetes/object'
import { bootstrapRef, isOurs, machineRef } from '@/lib/node-pool/live'
import type { ObjectToRemove } from '@/lib/node-pool/plan'

/**
 * A new template is applied before the MachineDeployment that refers to it, and a change that stopped between both is
 * continued later: so long nobody refers to it, and it is not superseded.
 */
const GRACE_MS = 60 * 60_000

/**
 * Templates that nothing is made from any more: the portal's own, older than an hour, and neither a MachineDeployment nor a
 * MachineSet refers to them. A MachineSet makes machines from its template until it is gone, also while it is scaled down, so
 * a template that goes before its last MachineSet holds up a rollout or a repair.
 *
 * @param templates VSphereMachineTemplates and KubeadmConfigTemplates
 * @param machineSets all of the namespace, freshly read, as the deployments: a list that is not whole would lose templates in use
 */
export function planTemplateCleanup(templates: readonly KubeObject[], machineSets: readonly KubeObject[], deployments: readonly KubeObject[], now: Date): readonly ObjectToRemove[] {
  const used = new Set([...machineSets, ...deployments].flatMap((user) => [machineRef(user), bootstrapRef(user)].map((reference) => (reference === null ? '' : `${reference.kind}/${reference.name}`))))
  return templates
    .filter((template) => KINDS.has(template.kind) && isOurs(template) && template.metadata.deletionTimestamp === undefined)
    .filter(({ kind, metadata }) => !used.has(`${kind}/${metadata.name}`) && now.getTime() - Date.parse(metadata.creationTimestamp ?? '') > GRACE_MS)
    .map(({ kind, metadata }) => ({ kind, name: metadata.name, uid: metadata.uid ?? null }))
}

const KINDS: ReadonlySet<string> = new Set(['VSphereMachineTemplate', 'KubeadmConfigTemplate'])
