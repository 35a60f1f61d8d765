/**
 * CRDs and webhook configurations of the providers, read once from the Go modules that the binaries are built from and kept
 * beside them as JSON: a start needs no Go module cache, and parsing 5 MB of YAML each time would cost seconds.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { GoModule } from './build-plan'
import type { ProfileName } from './contract'
import type { KubernetesObject } from './kubernetes'
import { writePrivate } from './pki'
import { versions } from './versions'

export type ProviderName = 'capi' | 'kubeadm-bootstrap' | 'capv' | 'ipam' | 'kamaji' | 'kamaji-provider'

export interface CustomResourceDefinition extends KubernetesObject {
  readonly spec: {
    readonly group: string
    readonly names: { readonly kind: string; readonly plural: string }
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[]
    readonly conversion?: unknown
  }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks: readonly {
    readonly name: string
    readonly clientConfig: { readonly service?: { readonly path?: string }; readonly url?: string; readonly caBundle?: string }
  }[]
}

export interface ProviderManifests {
  readonly crds: readonly CustomResourceDefinition[]
  readonly webhooks: readonly WebhookConfiguration[]
}

/** Those that the profile runs, in the order in which they are applied. */
export type Manifests = ReadonlyMap<ProviderName, ProviderManifests>

export interface ManifestSource {
  readonly module: string
  /** The go.mod that pins it; or its version, where nothing of it is built and its requirements would move the others'. */
  readonly from: GoModule | { readonly version: string }
  readonly crds: string
  readonly webhooks?: string
}

/** Where each module keeps them. */
const common: Readonly<Record<'capi' | 'kubeadm-bootstrap' | 'ipam', ManifestSource>> = {
  capi: { module: 'sigs.k8s.io/cluster-api', from: 'cluster', crds: 'config/crd/bases', webhooks: 'config/webhook/manifests.yaml' },
  'kubeadm-bootstrap': {
    module: 'sigs.k8s.io/cluster-api',
    from: 'cluster',
    crds: 'bootstrap/kubeadm/config/crd/bases',
    webhooks: 'bootstrap/kubeadm/config/webhook/manifests.yaml',
  },
  ipam: {
    module: 'sigs.k8s.io/cluster-api-ipam-provider-in-cluster',
    from: 'ipam',
    crds: 'config/crd/bases',
    webhooks: 'config/webhook/manifests.yaml',
  },
}
const capv = {
  module: 'sigs.k8s.io/cluster-api-provider-vsphere',
  crds: 'config/default/crd/bases',
  webhooks: 'config/govmomi/webhook/manifests.yaml',
} as const
const kamajiProvider = { module: 'github.com/clastix/cluster-api-control-plane-provider-kamaji', crds: 'config/crd/bases' } as const

export const manifestSources: Readonly<Record<ProfileName, Readonly<Partial<Record<ProviderName, ManifestSource>>>>> = {
  default: { ...common, capv: { ...capv, from: 'cluster' }, 'kamaji-provider': { ...kamajiProvider, from: { version: versions.kamajiProvider } } },
  kamaji: {
    ...common,
    capv: { ...capv, from: 'capv-v1beta1' },
    // Not charts/kamaji/crds: older, and its multi-line scalars are read differently by npm's yaml.
    kamaji: { module: 'github.com/clastix/kamaji', from: 'kamaji', crds: 'config/crd/bases', webhooks: 'config/webhook/manifests.yaml' },
    'kamaji-provider': { ...kamajiProvider, from: 'kamaji' },
  },
}

const fileName = 'manifests.json'

/** Writes `<binDir>/manifests.json`. */
export async function collectManifests(profile: ProfileName, folderOf: (source: ManifestSource) => Promise<string>, binDir: string): Promise<void> {
  const collected: Partial<Record<ProviderName, ProviderManifests>> = {}
  for (const [name, source] of Object.entries(manifestSources[profile]) as [ProviderName, ManifestSource][]) {
    const folder = await folderOf(source)
    const bases = join(folder, source.crds)
    const files = (await readdir(bases)).filter((file) => file.endsWith('.yaml')).sort()
    const crds = await Promise.all(files.map((file) => readYaml(join(bases, file))))
    const webhooks = source.webhooks === undefined ? [] : await readYaml(join(folder, source.webhooks))
    collected[name] = { crds: crds.flat() as CustomResourceDefinition[], webhooks: webhooks as WebhookConfiguration[] }
  }
  await writePrivate(join(binDir, fileName), JSON.stringify(collected))
}

export async function readManifests(binDir: string): Promise<Manifests> {
  const collected = JSON.parse(await readFile(join(binDir, fileName), 'utf8')) as Record<ProviderName, ProviderManifests>
  return new Map(Object.entries(collected) as [ProviderName, ProviderManifests][])
}

async function readYaml(path: string): Promise<KubernetesObject[]> {
  return parseAllDocuments(await readFile(path, 'utf8'))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)
}
