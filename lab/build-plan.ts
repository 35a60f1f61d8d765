/** Which binaries the lab needs, what each is built from, and how long that takes. */
import type { ProfileName } from './contract'
import { kamajiVersions, versions } from './versions'

/** A folder below lab/go. */
export type GoModule = 'cluster' | 'ipam' | 'kamaji' | 'capv-v1beta1'

export interface BuildStep {
  /** Of the file in binDir. */
  readonly name: string
  readonly version: string
  /** Folder below lab/go whose go.mod pins it. */
  readonly module: GoModule
  readonly package: string
  readonly ldflags: string
  /** On 2 cores, with nothing in Go's caches but what the steps before put there. */
  readonly coldSeconds: number
}

const stripped = '-s -w'

/** Cluster API refuses an API server older than v1.20, and one without a stamp says v0.0.0. */
const stamped = [
  stripped,
  ...Object.entries({ gitVersion: versions.kubernetes, gitMajor: minorOf(0), gitMinor: minorOf(1) }).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  ),
].join(' ')

const ofKubernetes: readonly BuildStep[] = [
  step('etcd', versions.etcd, 'go.etcd.io/etcd/server/v3', 49),
  step('kube-apiserver', versions.kubernetes, 'k8s.io/kubernetes/cmd/kube-apiserver', 202, stamped),
  step('kube-controller-manager', versions.kubernetes, 'k8s.io/kubernetes/cmd/kube-controller-manager', 58, stamped),
  step('kubectl', versions.kubernetes, 'k8s.io/kubernetes/cmd/kubectl', 19, stamped),
  step('capi', versions.clusterApi, 'sigs.k8s.io/cluster-api', 26),
  step('kubeadm-bootstrap', versions.clusterApi, 'sigs.k8s.io/cluster-api/bootstrap/kubeadm', 6),
]
const vcsim = step('vcsim', versions.govmomi, './vcsim', 5)
const ipam: BuildStep = { ...step('ipam', versions.ipam, 'sigs.k8s.io/cluster-api-ipam-provider-in-cluster', 73), module: 'ipam' }
const capvPackage = 'sigs.k8s.io/cluster-api-provider-vsphere'

/** In this order: the first Kubernetes binary compiles what the next ones share. */
export const buildSteps: Readonly<Record<ProfileName, readonly BuildStep[]>> = {
  default: [...ofKubernetes, step('capv', versions.capv, capvPackage, 29), vcsim, ipam],
  kamaji: [
    ...ofKubernetes,
    vcsim,
    ipam,
    { ...step('capv', kamajiVersions.capv, capvPackage, 250), module: 'capv-v1beta1' },
    { ...step('kamaji', kamajiVersions.kamaji, 'github.com/clastix/kamaji', 200), module: 'kamaji' },
    { ...step('kamaji-provider', kamajiVersions.kamajiProvider, 'github.com/clastix/cluster-api-control-plane-provider-kamaji', 20), module: 'kamaji' },
  ],
}

/**
 * Seconds until all is built: the known cold times of what is left, scaled by how long the finished steps took here. A machine
 * with warm caches or more cores soon shows.
 */
export function secondsLeft(finished: readonly { readonly coldSeconds: number; readonly seconds: number }[], current: { readonly coldSeconds: number; readonly seconds: number }, later: readonly { readonly coldSeconds: number }[]): number {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
  const known = total(finished.map(({ coldSeconds }) => coldSeconds))
  const pace = known === 0 ? 1 : Math.min(5, Math.max(0.02, total(finished.map(({ seconds }) => seconds)) / known))
  const ofCurrent = Math.max(0, current.coldSeconds * pace - current.seconds)
  return Math.round(ofCurrent + total(later.map(({ coldSeconds }) => coldSeconds)) * pace)
}

function step(name: string, version: string, packagePath: string, coldSeconds: number, ldflags = stripped): BuildStep {
  return { name, version, module: 'cluster', package: packagePath, ldflags, coldSeconds }
}

function minorOf(index: number): string {
  return versions.kubernetes.slice(1).split('.')[index] ?? ''
}
