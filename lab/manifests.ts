/**
 * CRDs and webhook configurations of the providers, read once from the Go modules that the binaries are built from and kept
 * beside them as JSON: a start needs no Go module cache, and parsing 5 MB of YAML each time would cost seconds.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { KubernetesObject } from './kubernetes'
import { writePrivate } from './pki'

export type ProviderName = 'capi' | 'kubeadm-bootstrap' | 'capv' | 'ipam' | 'kamaji'

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

export type Manifests = Readonly<Record<ProviderName, ProviderManifests>>

/** Where each module keeps them. Kamaji's provider gives CRDs only: nothing of it runs in the lab. */
export const manifestSources: Readonly<Record<ProviderName, { readonly module: string; readonly crds: string; readonly webhooks?: string }>> = {
  capi: { module: 'sigs.k8s.io/cluster-api', crds: 'config/crd/bases', webhooks: 'config/webhook/manifests.yaml' },
  'kubeadm-bootstrap': {
    module: 'sigs.k8s.io/cluster-api',
    crds: 'bootstrap/kubeadm/config/crd/bases',
    webhooks: 'bootstrap/kubeadm/config/webhook/manifests.yaml',
  },
  capv: {
    module: 'sigs.k8s.io/cluster-api-provider-vsphere',
    crds: 'config/default/crd/bases',
    webhooks: 'config/govmomi/webhook/manifests.yaml',
  },
  ipam: {
    module: 'sigs.k8s.io/cluster-api-ipam-provider-in-cluster',
    crds: 'config/crd/bases',
    webhooks: 'config/webhook/manifests.yaml',
  },
  kamaji: { module: 'github.com/clastix/cluster-api-control-plane-provider-kamaji', crds: 'config/crd/bases' },
}

const fileName = 'manifests.json'

/** Writes `<binDir>/manifests.json`. */
export async function collectManifests(folderOf: (module: string) => Promise<string>, binDir: string): Promise<void> {
  const collected: Partial<Record<ProviderName, ProviderManifests>> = {}
  for (const [name, source] of Object.entries(manifestSources) as [ProviderName, (typeof manifestSources)[ProviderName]][]) {
    const folder = await folderOf(source.module)
    const bases = join(folder, source.crds)
    const files = (await readdir(bases)).filter((file) => file.endsWith('.yaml')).sort()
    const crds = await Promise.all(files.map((file) => readYaml(join(bases, file))))
    const webhooks = source.webhooks === undefined ? [] : await readYaml(join(folder, source.webhooks))
    collected[name] = { crds: crds.flat() as CustomResourceDefinition[], webhooks: webhooks as WebhookConfiguration[] }
  }
  await writePrivate(join(binDir, fileName), JSON.stringify(collected))
}

export async function readManifests(binDir: string): Promise<Manifests> {
  return JSON.parse(await readFile(join(binDir, fileName), 'utf8')) as Manifests
}

async function readYaml(path: string): Promise<KubernetesObject[]> {
  return parseAllDocuments(await readFile(path, 'utf8'))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)
}
