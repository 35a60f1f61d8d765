/** What differs between the lab's profiles beside what is built and applied (build-plan.ts, manifests.ts). */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileName } from './contract'
import type { ProviderName } from './manifests'
import { writePrivate } from './pki'

export interface Profile {
  readonly name: ProfileName
  /**
   * Contract version -> API version. Cluster API finds the version of a reference by these labels; without them it reports
   * "cannot find any versions matching contract".
   */
  readonly contracts: Readonly<Record<ProviderName, Readonly<Record<string, string>>>>
  /** Of infrastructure.cluster.x-k8s.io, for what is seeded. */
  readonly infrastructure: 'v1beta1' | 'v1beta2'
  /** VM templates, by their Kubernetes version. */
  readonly kubernetes: readonly string[]
}

const v1beta1 = { 'cluster.x-k8s.io/v1beta1': 'v1beta1' }
const both = { ...v1beta1, 'cluster.x-k8s.io/v1beta2': 'v1beta2' }

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  default: {
    name: 'default',
    contracts: { capi: both, 'kubeadm-bootstrap': both, capv: both, ipam: {}, kamaji: {}, 'kamaji-provider': { 'cluster.x-k8s.io/v1beta2': 'v1alpha2' } },
    infrastructure: 'v1beta2',
    kubernetes: ['v1.34.1', 'v1.34.3', 'v1.35.2'],
  },
  kamaji: {
    name: 'kamaji',
    contracts: { capi: both, 'kubeadm-bootstrap': both, capv: v1beta1, ipam: {}, kamaji: {}, 'kamaji-provider': { 'cluster.x-k8s.io/v1beta1': 'v1alpha1' } },
    infrastructure: 'v1beta1',
    // Kamaji v1.0.0 takes no newer one than v1.30.2, the Kubernetes that it was built with.
    kubernetes: ['v1.29.6', 'v1.29.14', 'v1.30.2'],
  },
}

/** Profiles lie side by side: each keeps its own clusters. */
export const stateFolderOf = (what: string, name: ProfileName): string => (name === 'default' ? what : `${what}-${name}`)

/** @throws Error when the folder holds a lab of another profile: its objects are of versions that are not served here */
export async function keepProfile(stateDir: string, { name }: Profile): Promise<void> {
  const file = join(stateDir, 'profile')
  const before = await readFile(file, 'utf8').catch(() => undefined)
  if (before !== undefined && before !== name) throw new Error(`${stateDir} holds a lab of the profile ${before}; take another folder for the profile ${name}`)
  if (before === undefined) await writePrivate(file, name)
}
