import type { ClusterSpec } from '@/lib/cluster/spec'
import { clusterNameLimit, isDns1035Label, isDns1123Label, machineDeploymentName } from '@/lib/kubernetes/names'
import { firstPool } from '@/lib/manifests/pool-objects'
import { fixedAddressProblems, networkProblems, settingsProblems } from '@/lib/node-pool/rules/network'
import { spreadProblems } from '@/lib/node-pool/rules'
import { policyProblems } from '@/lib/node-pool/extras'
import { nodeProblems } from '@/lib/node-config/rules'
import { machineSizeProblems } from '@/lib/node-pool/rules/machine'
import { cleanLine } from '@/lib/text'
import { type Problem, outside, problem } from '@/lib/cluster/rules/problem'

export function nameProblems({ name, pool }: ClusterSpec): Problem[] {
  if (name === '') return [problem('name', 'Give the cluster a name.')]
  const limit = clusterNameLimit(pool.name)
  if (name.length > limit && limit > 0) {
    return [problem('name', `This name has ${name.length} characters; with a pool named “${cleanLine(pool.name, 60)}” it can have ${limit}, so that machines keep their full names.`)]
  }
  if (isDns1035Label(name)) return []
  return [problem('name', 'Use a–z, 0–9 and “-”, starting with a letter and not ending with “-”.')]
}

/** kubeadm and the providers want the full version: cluster-api util/version/version.go, KubeSemver. */
export function versionProblems({ version }: ClusterSpec): Problem[] {
  if (/^v\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(version)) return []
  return [problem('version', version === '' ? 'Choose a Kubernetes version.' : `Use a full version such as v1.35.2, not “${cleanLine(version, 40)}”.`)]
}

const PLACEMENT: Readonly<Record<keyof ClusterSpec['placement'], string>> = {
  datacenter: 'a datacenter',
  resourcePool: 'a resource pool',
  folder: 'a folder',
  datastore: 'a datastore',
  network: 'a network',
  template: 'a VM template',
}

/** v1beta2 refuses empty strings, and CAPV takes a missing one for "the default", which only small vCenters have. */
export function placementProblems({ identity, placement }: ClusterSpec): Problem[] {
  const found = identity === '' ? [problem('identity', 'Choose a vSphere identity.')] : []
  for (const field of Object.keys(PLACEMENT) as (keyof ClusterSpec['placement'])[]) {
    if (placement[field].trim() === '') found.push(problem(`placement.${field}`, `Choose ${PLACEMENT[field]}.`))
    // Nobody types these, and no database takes a NUL.
    else if (/\p{Cc}/u.test(placement[field])) found.push(problem(`placement.${field}`, 'This holds control characters, which no name in vSphere has.'))
    else if (placement[field].length > 2048) found.push(problem(`placement.${field}`, `This has ${placement[field].length} characters; vSphere takes 2048.`))
  }
  return found
}

export function poolProblems(spec: ClusterSpec): Problem[] {
  const { name, pool, placement, addresses, endpoint } = spec
  const found: Problem[] = []
  if (pool.name === '') found.push(problem('pool.name', 'Give the pool a name.'))
  else if (!isDns1123Label(pool.name)) found.push(problem('pool.name', 'Use a–z, 0–9 and “-”, not starting or ending with “-”.'))
  else if (clusterNameLimit(pool.name) < 1) found.push(problem('pool.name', `This name has ${pool.name.length} characters; ${clusterNameLimit('') - 1} is the most that leaves room for the cluster’s name.`))

  const zones = pool.zones ?? []
  if (new Set(zones).size < zones.length) found.push(problem('pool.zones', 'Each zone can be chosen once.'))
  else if (zones.length > 1) found.push(...spreadProblems(name, pool.name, zones, { kind: 'fixed', replicas: pool.replicas }).map(({ message }) => problem('pool.zones', message)))
  found.push(...networkProblems('pool.moreNetworks', placement.network, pool.moreNetworks ?? []))
  const own = addresses.kind === 'pool' ? [{ pool: 'the machines’ own range', ranges: [addresses.range, ...(addresses.ipv6 === undefined ? [] : [addresses.ipv6.range])] }] : []
  const around = { endpoint: endpoint.kind === 'fixed' ? endpoint.host.trim() : null, addressPools: own }
  found.push(...fixedAddressProblems(firstPool(spec), machineDeploymentName(name, pool.name), around, (device) => `pool.moreNetworks.${device - 1}`))
  found.push(...outside('pool.replicas', 'Machines', pool.replicas, 0, 100))
  found.push(...machineSizeProblems('pool', pool), ...nodeProblems(pool.node, 'pool.node'), ...policyProblems('pool.extras', pool.extras), ...settingsProblems('pool.extras', { ...pool.extras, nameservers: [] }))
  return found
}

export const controlPlaneProblems = ({ controlPlane }: Pick<ClusterSpec, 'controlPlane'>): Problem[] =>
  outside('controlPlane.replicas', 'Replicas of the control plane', controlPlane.replicas, 1, 5)
