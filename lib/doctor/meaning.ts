import { kindOf, nameOf, type Finding, type LastResort, type SafeStep } from '@/lib/doctor/finding'

/** What a safe step does, for its button and for the line under it. */
export function stepWords(step: SafeStep): { readonly verb: string; readonly effect: string } {
  switch (step.act) {
    case 'resume':
      return kindOf(step.object) === 'Cluster'
        ? { verb: 'Resume', effect: 'Cluster API works on the cluster again: what was asked meanwhile, deletion included, begins at once.' }
        : { verb: `Resume ${nameOf(step.object)}`, effect: 'Its controller works on it again, and what was asked meanwhile begins at once.' }
    case 'skip-drain':
      return { verb: 'Skip the drain', effect: 'Pods that are still on the machine are not moved: they stop with it, whatever their disruption budget says.' }
    case 'skip-volume-detach':
      return { verb: 'Don’t wait for volumes', effect: 'The machine goes while volumes are attached. vSphere lets go of them with the VM; what was not written yet is lost.' }
    case 'look-again':
      return { verb: 'Try again now', effect: 'Once it is mended: CAPV tries again at once. By itself it waits longer after each try, up to a quarter of an hour.' }
    case 'tell-platform':
      return { verb: 'Copy a note to the platform admins', effect: 'The note holds what is held, since when, and what was answered. No password.' }
  }
}

/** What stays behind, or is left undone. Each is what the controllers' source does next (cluster-api, CAPV, the IPAM provider, Kamaji). */
export function meaningOf({ act, object, keys }: LastResort): string {
  if (act === 'hooks') return 'Whatever set the hook has not said that it is done. What it was to finish first, a backup or a move of data, is cut short.'
  switch (kindOf(object)) {
    case 'VSphereVM':
      return 'The VM stays in vCenter, with its disks and running, and nobody here looks after it any more. It still uses its address: given to another machine, both break. Someone has to remove it in vCenter by hand.'
    case 'VSphereMachine':
      return 'CAPV does not look for the machine’s VM any more. If a VM of this name is in vCenter, it stays there until someone removes it by hand.'
    case 'Machine':
      return 'Cluster API forgets the machine. What its remaining protection was for is left undone.'
    case 'IPAddressClaim':
      return 'The address may be given to another machine at once. If a VM still uses it, both break.'
    case 'InClusterIPPool':
      return 'The pool goes while addresses are in use. They stay recorded without a pool, and a new pool over the same range can give them out a second time.'
    case 'KamajiControlPlane':
      return 'The hosted control plane may go on running: its TenantControlPlane, the Secrets with its keys and its data in the datastore stay until a platform admin removes them.'
    case 'Secret':
      return 'Kamaji removes a control plane’s data before it lets go of this Secret, and the control plane is gone: nothing needs it any more. Only if somebody took the control plane away by hand while its datastore was away is its data still in there, and this Secret is the last to say under which name.'
    case 'VSphereCluster':
      return 'The cluster’s record in vSphere goes unfinished: cluster modules and a credential Secret of its own may stay.'
    case 'Cluster':
      return 'The cluster disappears from here. Whatever of it still exists is removed without order or stays, and this page can’t show it any more.'
    default:
      return `Whoever set ${keys.join(', ')} has not finished. What it was for is left undone.`
  }
}

/** What a person sends to those who can mend it. Made of what the page shows already. */
export function noteFor(finding: Finding, place: { readonly tenant: string; readonly cluster: string }): string {
  const { condition, field, logs } = finding
  return [
    `Tenant ${place.tenant}, cluster ${place.cluster}: ${finding.sentence}.`,
    finding.since === null ? null : `Since ${finding.since}.`,
    `Object: ${finding.subject}${finding.more > 0 ? ` and ${finding.more} more` : ''}`,
    condition === null ? null : `${condition.type}=${condition.status} ${condition.reason}: ${condition.message}`,
    field,
    logs === null ? null : `Log: ${logCommand(logs)}`,
  ].filter((line) => line !== null && line !== '').join('\n')
}

export const logCommand = ({ namespace, deployment, about }: NonNullable<Finding['logs']>): string =>
  `kubectl logs -n ${namespace} deployment/${deployment} | grep ${about}`
