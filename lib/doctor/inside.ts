import { listIn, recordIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cleanLine, listed, plural } from '@/lib/text'

/** What was read from a tenant cluster, once. */
export interface InsideObjects {
  readonly nodes: readonly KubeObject[]
  readonly leases: readonly KubeObject[]
  readonly claims: readonly KubeObject[]
  /** Warnings about PersistentVolumeClaims. */
  readonly events: readonly KubeObject[]
  readonly classes: readonly KubeObject[]
  readonly drivers: readonly KubeObject[]
}

/** A controller of the cluster that runs on the management cluster, by its Deployment. */
export type Beside = { readonly ready: number; readonly wanted: number } | 'absent' | 'unknown'

/** What the management cluster knows beside it. */
export interface InsideAround {
  readonly tenant: string
  readonly cluster: string
  /** Machines whose VM runs and that have no Node yet, by name. */
  readonly waiting: readonly string[]
  readonly cloudProvider: Beside
  readonly storage: Beside
  /** Deployments of these that sign in to vCenter with what the identity's Secret no longer says. */
  readonly oldSignIn: readonly string[]
  readonly now: number
}

/** One thing that the tenant cluster proves. */
export interface InsideFinding {
  readonly id: 'old-sign-in' | 'no-cloud-provider' | 'no-provider-id' | 'not-initialized' | 'no-network' | 'not-ready' | 'never-joined' | 'no-driver' | 'no-class' | 'no-controller' | 'claim-refused' | 'claim-waits'
  readonly weight: 'held' | 'waits'
  readonly sentence: string
  /** What proves it, in the objects' own words. */
  readonly proof: string
  /** What a person does about it. */
  readonly next: string
  /** Commands that read the log which says more; null where there is none. */
  readonly log: string | null
}

export interface InsideReport {
  readonly nodes: number
  readonly ready: number
  readonly claims: number
  readonly findings: readonly InsideFinding[]
}

/** Set by the kubelet with --cloud-provider=external, taken away by the cloud provider (k8s.io/cloud-provider api/well_known_taints.go). */
const CLOUD_TAINT = 'node.cloudprovider.kubernetes.io/uninitialized'
/** Set by kubeadm through Cluster API, taken away by it with the first sync of labels (api/core/v1beta2/machine_types.go). */
const CAPI_TAINT = 'node.cluster.x-k8s.io/uninitialized'
/** Of the leader among the cloud provider's replicas (cloud-provider-vsphere, --leader-elect=true), in the tenant cluster itself. */
const CPI_LEASE = /^(cloud-controller-manager|vsphere-cloud-controller-manager)$/
const CSI_DRIVER = 'csi.vsphere.vmware.com'
/** `external-attacher-leader-csi-vsphere-vmware-com`, `csi-vsphere-vmware-com`, ... (kubernetes-csi/csi-lib-utils leaderelection). */
const CSI_LEASE = /csi-vsphere-vmware-com$/
/** A leader renews every 2 to 10 s. */
const SILENT_MS = 60_000
const NAMED = 3

/** What a tenant cluster's nodes and volumes prove, first cause first. Pure; what cannot be told is not said. */
export function lookInto(inside: InsideObjects, around: InsideAround): InsideReport {
  const { nodes, claims } = inside
  return {
    nodes: nodes.length,
    ready: nodes.filter((node) => readyOf(node)?.status === 'True').length,
    claims: claims.length,
    findings: [...cloudProvider(inside, around), ...unmarked(nodes), ...uninitialized(nodes, around), ...unready(nodes), ...neverJoined(inside, around), ...volumes(inside, around), ...oldSignIn(around)],
  }
}

const nameOf = ({ metadata }: KubeObject): string => metadata.name
const names = (objects: readonly KubeObject[]): string => listed(objects.map(nameOf), NAMED)
const are = (objects: readonly unknown[]): string => (objects.length === 1 ? 'is' : 'are')
const taintsOf = (node: KubeObject): readonly string[] => listIn(node, 'spec', 'taints').map((taint) => stringIn(taint, 'key') ?? '')

/** When the newest of these leases was renewed, in ms; null: nobody ever held one. */
function lastRenewal(leases: readonly KubeObject[], name: RegExp): { readonly at: number; readonly lease: string } | null {
  const held = leases.filter((lease) => name.test(lease.metadata.name)).map((lease) => ({ at: Date.parse(stringIn(lease, 'spec', 'renewTime') ?? ''), lease: `${lease.metadata.namespace ?? ''}/${lease.metadata.name}` }))
  return held.filter(({ at }) => Number.isFinite(at)).sort((a, b) => b.at - a.at)[0] ?? null
}

/** How the leader of a controller stands, by its lease. */
function leaderOf(leases: readonly KubeObject[], name: RegExp, now: number): { readonly is: 'never' | 'silent' | 'there'; readonly proof: string } {
  const last = lastRenewal(leases, name)
  if (last === null) return { is: 'never', proof: 'no lease of its leader in the tenant cluster' }
  return { is: now - last.at > SILENT_MS ? 'silent' : 'there', proof: `Lease ${last.lease}: spec.renewTime ${new Date(last.at).toISOString()}` }
}

/** Why a controller does not do its work, and what to do about it: by its lease in the tenant cluster and its Deployment beside it. */
function silence(called: string, is: 'never' | 'silent', beside: Beside): readonly [why: string, next: string] {
  if (beside === 'absent' && is === 'never') return [`no ${called} is installed for this cluster`, 'Install it: Add-ons, in this cluster’s menu.']
  if (beside === 'unknown' || beside === 'absent') return [`the ${called} ${is === 'never' ? 'has never run for this cluster' : 'has stopped'}`, 'See under Add-ons, in this cluster’s menu, whether it is installed, and why its Pods do not run.']
  if (beside.ready === 0) return [`the ${called} is installed and does not run: ${beside.ready} of ${plural(beside.wanted, 'Pod is', 'Pods are')} ready`, 'See why its Pods do not start, in the tenant’s Namespace of the management cluster.']
  return [`the ${called} runs and ${is === 'never' ? 'has never reached' : 'no longer reaches'} this cluster’s API`, 'Its log says why: mostly its kubeconfig, or the network between the two.']
}

const besideProof = (tenant: string, deployment: string, beside: Beside): string =>
  beside === 'unknown' ? '' : `\nDeployment ${tenant}/${deployment}: ${beside === 'absent' ? 'not there' : `status.readyReplicas ${beside.ready}, spec.replicas ${beside.wanted}`}`

/** Each of them keeps a copy. vCenter refuses an old password at their next sign-in, which may be hours away. */
function oldSignIn({ tenant, oldSignIn: found }: InsideAround): readonly InsideFinding[] {
  if (found.length === 0) return []
  return [{
    id: 'old-sign-in', weight: 'held', sentence: `The vSphere sign-in has changed since ${listed(found, NAMED)} copied it`,
    proof: found.map((deployment) => `metadata.annotations of Deployment ${tenant}/${deployment}: tenantry.dev/credentials is not what the identity’s Secret is now`).join('\n'),
    next: 'Press Update: Add-ons, in this cluster’s menu. It copies the sign-in anew and replaces the Pods.', log: null,
  }]
}

function cloudProvider({ nodes, leases }: InsideObjects, { tenant, cluster, now, cloudProvider: beside }: InsideAround): readonly InsideFinding[] {
  const marked = nodes.filter((node) => taintsOf(node).includes(CLOUD_TAINT))
  if (marked.length === 0) return []
  const leader = leaderOf(leases, CPI_LEASE, now)
  const deployment = `${cluster}-vsphere-cloud-controller-manager`
  const why = leader.is === 'there'
    ? (['the cloud provider runs and does not mark them: it can’t sign in to vCenter, or does not find their VMs', 'Its log says which. Compare the vCenter and the user in its configuration with those of the cluster’s identity.'] as const)
    : silence('cloud provider', leader.is, beside)
  return [{
    id: 'no-cloud-provider', weight: 'held', sentence: `${names(marked)} ${are(marked)} kept closed for Pods: ${why[0]}`,
    proof: `spec.taints of Node ${nameOf(marked[0] as KubeObject)}: ${CLOUD_TAINT}\n${leader.proof}${besideProof(tenant, deployment, beside)}`, next: why[1],
    log: beside === 'absent' ? null : `kubectl logs -n ${tenant} deployment/${deployment}`,
  }]
}

/** Without the taint no cloud provider comes to a node: its kubelet was started without --cloud-provider=external. */
function unmarked(nodes: readonly KubeObject[]): readonly InsideFinding[] {
  const found = nodes.filter((node) => stringIn(node, 'spec', 'providerID') === null && !taintsOf(node).includes(CLOUD_TAINT))
  if (found.length === 0) return []
  return [{
    id: 'no-provider-id', weight: 'held', sentence: `${names(found)} ${found.length === 1 ? 'has' : 'have'} no provider ID, and no cloud provider will give one: the kubelet was started without --cloud-provider=external`,
    proof: `spec.providerID of Node ${nameOf(found[0] as KubeObject)} is empty, and it has no taint ${CLOUD_TAINT}`,
    next: 'Set the kubelet argument cloud-provider to external in the pool’s configuration; its machines are then replaced.', log: null,
  }]
}

function uninitialized(nodes: readonly KubeObject[], { cluster }: InsideAround): readonly InsideFinding[] {
  const found = nodes.filter((node) => taintsOf(node).includes(CAPI_TAINT) && !taintsOf(node).includes(CLOUD_TAINT))
  if (found.length === 0) return []
  return [{
    id: 'not-initialized', weight: 'waits', sentence: `${names(found)} ${are(found)} kept closed for Pods until Cluster API has set the labels`, proof: `spec.taints of Node ${nameOf(found[0] as KubeObject)}: ${CAPI_TAINT}`,
    next: 'It takes seconds. If it stays, Cluster API does not reach the tenant cluster, or finds no Machine of this provider ID.', log: `kubectl logs -n capi-system deployment/capi-controller-manager | grep ${cluster}`,
  }]
}

const readyOf = (node: KubeObject): { readonly status: string; readonly message: string } | null => {
  const condition = listIn(node, 'status', 'conditions').find((one) => stringIn(one, 'type') === 'Ready')
  return condition === undefined ? null : { status: stringIn(condition, 'status') ?? '', message: cleanLine(stringIn(condition, 'message') ?? '', 300) }
}

function unready(nodes: readonly KubeObject[]): readonly InsideFinding[] {
  const down = nodes.filter((node) => readyOf(node)?.status !== 'True')
  const without = down.filter((node) => /cni|network plugin/i.test(readyOf(node)?.message ?? ''))
  const others = down.filter((node) => !without.includes(node))
  const proof = (node: KubeObject | undefined): string => (node === undefined ? '' : `Node ${nameOf(node)}: Ready=${readyOf(node)?.status ?? 'absent'}: ${readyOf(node)?.message ?? ''}`)
  return [
    ...(without.length === 0 ? [] : [{
      id: 'no-network', weight: 'held', sentence: `${names(without)} ${are(without)} not ready: no network plugin (CNI) is installed in the cluster, or it does not start`, proof: proof(without[0]),
      next: 'Install a network plugin in the tenant cluster, with the Pod network of this cluster.', log: 'kubectl get pods -A --field-selector=status.phase!=Running   # with the cluster’s kubeconfig',
    } as const]),
    ...(others.length === 0 ? [] : [{
      id: 'not-ready', weight: 'held', sentence: `${names(others)} ${are(others)} not ready`, proof: proof(others[0]), next: 'The kubelet’s own words are above. On the VM: journalctl -u kubelet.', log: null,
    } as const]),
  ]
}

/** The Node carries the VM's name (the chart's and the portal's hostname), so that one which is not there never registered. */
function neverJoined({ nodes }: InsideObjects, { waiting }: InsideAround): readonly InsideFinding[] {
  const missing = waiting.filter((machine) => !nodes.some((node) => nameOf(node) === machine))
  if (missing.length === 0) return []
  return [{
    id: 'never-joined', weight: 'held', sentence: `${listed(missing, NAMED)} ${missing.length === 1 ? 'runs and has' : 'run and have'} never reached the cluster’s API: kubeadm did not come to its end there`,
    proof: `no Node is called ${missing[0]}; ${plural(nodes.length, 'Node is', 'Nodes are')} there`,
    next: 'See that the machine’s network reaches the endpoint, and that the VM template has kubeadm and the kubelet of this version.', log: 'On the VM: less /var/log/cloud-init-output.log; journalctl -u kubelet',
  }]
}

function volumes({ claims, events, classes, drivers, leases }: InsideObjects, { tenant, cluster, now, storage: beside }: InsideAround): readonly InsideFinding[] {
  const pending = claims.filter((claim) => stringIn(claim, 'status', 'phase') === 'Pending')
  if (pending.length === 0) return []
  const [first] = pending
  const label = (claim: KubeObject): string => `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`
  const all = listed(pending.map(label), NAMED)
  const many = pending.length === 1 ? 'waits' : 'wait'
  const log = `kubectl logs -n ${tenant} deployment/${cluster}-vsphere-csi-controller -c csi-provisioner`
  const classOf = (claim: KubeObject): KubeObject | null => {
    const name = stringIn(claim, 'spec', 'storageClassName')
    return classes.find((one) => (name === null ? recordIn(one.metadata, 'annotations')['storageclass.kubernetes.io/is-default-class'] === 'true' : one.metadata.name === name)) ?? null
  }
  const orphan = pending.find((claim) => classOf(claim) === null)
  if (orphan !== undefined) {
    const name = stringIn(orphan, 'spec', 'storageClassName')
    return [{
      id: 'no-class', weight: 'held', sentence: `${label(orphan)} waits for a volume: ${name === null ? 'it names no StorageClass, and none is the default' : `its StorageClass ${cleanLine(name, 63)} does not exist`}`,
      proof: `spec.storageClassName: ${name ?? '(empty)'}\nStorageClasses: ${classes.length === 0 ? 'none' : listed(classes.map(nameOf), 5)}`, next: 'Make the StorageClass, or make one of those that are there the default.', log: null,
    }]
  }
  const ours = pending.filter((claim) => { const found = classOf(claim); return found !== null && stringIn(found, 'provisioner') === CSI_DRIVER })
  if (ours.length > 0 && !drivers.some((driver) => driver.metadata.name === CSI_DRIVER)) {
    return [{ id: 'no-driver', weight: 'held', sentence: `${all} ${many} for a volume: the vSphere CSI driver is not installed in the cluster`, proof: `no CSIDriver ${CSI_DRIVER}`, next: 'Install vSphere CSI: Add-ons, in this cluster’s menu.', log: null }]
  }
  const leader = leaderOf(leases, CSI_LEASE, now)
  if (ours.length > 0 && leader.is !== 'there') {
    const [why, next] = silence('CSI controller', leader.is, beside)
    return [{ id: 'no-controller', weight: 'held', sentence: `${all} ${many} for a volume: ${why}`, proof: `${leader.proof}${besideProof(tenant, `${cluster}-vsphere-csi-controller`, beside)}`, next, log: beside === 'absent' ? null : log }]
  }
  const said = events.filter((event) => pending.some((claim) => stringIn(event, 'involvedObject', 'uid') === claim.metadata.uid || (stringIn(event, 'involvedObject', 'name') === claim.metadata.name && stringIn(event, 'involvedObject', 'namespace') === claim.metadata.namespace)))
  const last = said.at(-1)
  if (last !== undefined) {
    const words = cleanLine(stringIn(last, 'message') ?? '', 300)
    return [{ id: 'claim-refused', weight: 'held', sentence: `${all} ${many} for a volume that could not be made`, proof: `${stringIn(last, 'reason') ?? 'Warning'}: ${words}`, next: 'vCenter’s own words are above: a storage policy, datastore or right that is missing is set by a platform admin.', log }]
  }
  const lazy = first !== undefined && classOf(first) !== null && stringIn(classOf(first), 'volumeBindingMode') === 'WaitForFirstConsumer'
  return [{ id: 'claim-waits', weight: 'waits', sentence: `${all} ${many} for a volume${lazy ? ': one is made when a Pod uses it' : ''}`, proof: lazy ? 'volumeBindingMode: WaitForFirstConsumer' : 'status.phase: Pending', next: lazy ? 'Nothing to do until a Pod that uses it is scheduled.' : 'Look again in a minute.', log }]
}
