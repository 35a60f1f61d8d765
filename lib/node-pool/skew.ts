import { compareVersions, parseVersion, plainVersion, sameVersion } from '@/lib/kubernetes/version'

/** Of a ClusterView. */
export interface Plane {
  readonly version: { readonly desired: string | null; readonly current: string | null }
  readonly controlPlane: { readonly state: { readonly role: string } }
}

/** The version that new machines have to fit. One that Kamaji refused stays in the spec, and the control plane runs on as it was. */
export const planeVersion = ({ version, controlPlane }: Plane): string | null =>
  controlPlane.state.role === 'warn' ? version.current : (version.desired ?? version.current)

/**
 * Why no machine is made for a pool; null when nothing of its version is in the way, or nobody knows. kubeadm joins a control
 * plane of its own minor alone, so Cluster API makes none of another one, neither when a pool grows nor for one that goes
 * (internal/controllers/machineset/machineset_preflight.go, kubeadmVersionPreflightCheck). Patches may differ, and machines that
 * are there run on.
 */
export function skewHold(pool: { readonly name: string; readonly version: string | null }, plane: string | null): string | null {
  const [nodes, of] = [parseVersion(pool.version ?? ''), parseVersion(plane ?? '')]
  if (nodes === null || of === null || (nodes.major === of.major && nodes.minor === of.minor)) return null
  const first = compareVersions(pool.version ?? '', plane ?? '') < 0 ? 'Upgrade the pool first.' : 'Upgrade the control plane first.'
  return `Pool ${pool.name} is at ${plainVersion(pool.version ?? '')} and the control plane at ${plainVersion(plane ?? '')}. Until both have the same minor version Cluster API makes no machine for it. ${first}`
}

/** Why a new pool cannot have a version; null when it can. */
export function newPoolSkew(version: string, plane: string | null): string | null {
  const [nodes, of] = [parseVersion(version), parseVersion(plane ?? '')]
  if (nodes === null || of === null || plane === null || (nodes.major === of.major && nodes.minor === of.minor && nodes.patch <= of.patch)) return null
  return `The control plane is at ${plainVersion(plane)}, and a new pool has to have that version, not ${plainVersion(version)}. Load the page again.`
}

export interface PoolStart {
  readonly version: string
  readonly template: string
}

/**
 * Version and VM template with which a new pool begins: the control plane's version wherever there is a template for it, else
 * those of a pool of the same minor. Without either the template is empty, for the form to say so.
 * @param pools as they are, oldest first
 * @param last the VM template of the last pool, where there is none any more
 * @param offered VM templates for the control plane's version
 */
export function newPoolStart(pools: readonly PoolStart[], last: string, plane: string | null, offered: readonly string[]): PoolStart {
  if (plane === null) return pools[0] ?? { version: '', template: last }
  const template = pools.find(({ version }) => sameVersion(version, plane))?.template ?? (offered.includes(last) ? last : offered[0])
  if (template !== undefined) return { version: plane, template }
  return pools.find(({ version }) => newPoolSkew(version, plane) === null) ?? { version: plane, template: '' }
}
