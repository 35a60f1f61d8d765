/** Cluster API's names (api/core/v1beta2/machine_types.go); what counts is that they are there, not their value. */
export const SKIP_DRAIN = 'machine.cluster.x-k8s.io/exclude-node-draining'
export const SKIP_VOLUME_DETACH = 'machine.cluster.x-k8s.io/exclude-wait-for-node-volume-detach'
/** Any change of an object makes its controller look at it; this one changes nothing else. */
export const LOOK_AGAIN = 'tenantry.dev/look-again'
export const PAUSED = 'cluster.x-k8s.io/paused'
/** Prefixes of pre-drain and pre-terminate hooks; the rest of the name is the owner's. */
export const HOOKS: readonly string[] = ['pre-drain.delete.hook.machine.cluster.x-k8s.io', 'pre-terminate.delete.hook.machine.cluster.x-k8s.io']
