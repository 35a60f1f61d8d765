/**
 * Cluster API, its kubeadm bootstrap provider, CAPV and the in-cluster IPAM provider as plain processes, with CRDs and webhooks; in
 * profile `kamaji` Kamaji and its provider as well.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetch } from 'undici'
import type { VcenterAccess } from './context'
import type { LabPart } from './part'
import type { ApiServer, ControlPlaneOptions, Pki } from './control-plane'
import { tlsAgent, until, type Management } from './kubernetes'
import { readManifests, type CustomResourceDefinition, type Manifests, type ProviderName } from './manifests'
import { loopbackSans, writePrivate } from './pki'
import { patchCrd, patchWebhooks, webhookPaths, type WebhookEndpoint } from './provider-manifests'
import type { Profile } from './profiles'
import { kamajiVersions, versions } from './versions'

/** CAPV looks for identities' Secrets here; must exist before it starts. */
export const capvNamespace = 'capv-system'

export interface Controller {
  readonly name: ProviderName
  readonly version: string
  /** null: it has no webhooks. */
  readonly webhookPort: number | null
  readonly healthPort: number
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface ProviderOptions extends ControlPlaneOptions {
  readonly profile: Profile
  readonly api: ApiServer
  readonly vcenter: VcenterAccess
  readonly management: Management
  readonly signal: AbortSignal
  readonly onProgress: (step: string) => void
}

export interface Providers {
  /** Starts the controllers, then lets their webhooks in: in that order nothing is refused because nobody answers. */
  readonly start: () => Promise<readonly LabPart[]>
}

/**
 * Applies the CRDs. They name the ports of webhooks that `start` brings up.
 * @param more controllers beside those that every profile has
 */
export async function installProviders(options: ProviderOptions, pki: Pki, more: readonly Controller[]): Promise<Providers> {
  const manifests = await readManifests(options.binDir)
  const controllers = [...(await planControllers(options, pki)), ...more]
  const endpoints = new Map(controllers.flatMap(({ name, webhookPort }) => (webhookPort === null ? [] : [[name, { port: webhookPort, caPem: pki.ca.certPem }] as const])))
  options.onProgress('custom resource definitions')
  await applyCrds(options, manifests, endpoints)
  return {
    start: async () => {
      options.onProgress(['Cluster API, bootstrap provider, CAPV, IPAM', ...more.map(({ name }) => name)].join(', '))
      await options.management.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: capvNamespace } })
      const parts = await Promise.all(controllers.map((controller) => startController(controller, options, pki)))
      options.onProgress('webhooks')
      await applyWebhooks(options, pki, manifests, endpoints)
      return parts
    },
  }
}

async function planControllers(options: ProviderOptions, pki: Pki): Promise<readonly Controller[]> {
  const plan = async (name: ProviderName, version: string, flags: (ports: { webhook: number; health: number; diagnostics: number }, certDir: string) => string[], env = {}) => {
    const webhook = await options.ports.take(`${name}-webhook`)
    const health = await options.ports.take(`${name}-health`)
    const diagnostics = await options.ports.take(`${name}-diagnostics`)
    const serving = await pki.pair(`${name}-webhook`, { cn: `${name}-webhook`, sans: loopbackSans, usages: ['server'] })
    const certDir = join(options.stateDir, 'webhooks', name)
    await writeServing(certDir, serving)
    return { name, version, webhookPort: webhook, healthPort: health, args: flags({ webhook, health, diagnostics }, certDir), env }
  }
  type Flags = Parameters<typeof plan>[2]
  const common: Flags = ({ webhook, health, diagnostics }, certDir) => [
    `--kubeconfig=${options.api.adminKubeconfig}`, `--webhook-port=${webhook}`, `--webhook-cert-dir=${certDir}`,
    `--health-addr=127.0.0.1:${health}`, `--diagnostics-address=127.0.0.1:${diagnostics}`, '--insecure-diagnostics',
    '--leader-elect=false',
  ]
  const credentialsFile = join(options.stateDir, 'vcenter', 'credentials.yaml')
  // Only for clusters without an identity of their own; CAPV does not start without the file.
  await writePrivate(credentialsFile, JSON.stringify({ username: options.vcenter.user, password: options.vcenter.password }))
  return [
    await plan('capi', versions.clusterApi, common),
    await plan('kubeadm-bootstrap', versions.clusterApi, common),
    await plan('capv', options.profile.name === 'kamaji' ? kamajiVersions.capv : versions.capv, (ports, certDir) => [...common(ports, certDir), `--credentials-file=${credentialsFile}`], {
      POD_NAMESPACE: capvNamespace,
    }),
    await plan('ipam', versions.ipam, ({ webhook, health, diagnostics }, certDir) => [
      `-kubeconfig=${options.api.adminKubeconfig}`, `-webhook-port=${webhook}`, `-webhook-cert-dir=${certDir}`,
      `-health-probe-bind-address=127.0.0.1:${health}`, `-metrics-bind-address=127.0.0.1:${diagnostics}`, '-leader-elect=false',
    ]),
  ]
}

/** As controller-runtime looks for them. */
export async function writeServing(dir: string, { certFile, keyFile }: { readonly certFile: string; readonly keyFile: string }): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await copyFile(certFile, join(dir, 'tls.crt'))
  await copyFile(keyFile, join(dir, 'tls.key'))
}

function startController(controller: Controller, options: ProviderOptions, pki: Pki): Promise<LabPart> {
  const dispatcher = tlsAgent(pki.ca.certPem)
  return options.supervisor.start({
    name: controller.name,
    command: join(options.binDir, controller.name),
    args: controller.args,
    env: controller.env,
    version: controller.version,
    probe: async (signal) => {
      const ready = await fetch(`http://127.0.0.1:${controller.healthPort}/readyz`, { signal })
      if (!ready.ok) return false
      // Any answer will do: the hook listens with the right certificate.
      if (controller.webhookPort !== null) await fetch(`https://127.0.0.1:${controller.webhookPort}/`, { dispatcher, signal })
      return true
    },
  })
}

/** Skipped while they are what an earlier start applied: 20 large definitions cost most of a start's time. */
async function applyCrds(options: ProviderOptions, manifests: Manifests, endpoints: ReadonlyMap<ProviderName, WebhookEndpoint>): Promise<void> {
  const crds = [...manifests].flatMap(([name, { crds: own }]) => own.map((crd) => patchCrd(crd, name, endpoints.get(name), options.profile.contracts)))
  const marker = join(options.stateDir, 'crds.sha256')
  const digest = createHash('sha256').update(JSON.stringify(crds)).digest('hex')
  if ((await readFile(marker, 'utf8').catch(() => '')) !== digest) {
    await Promise.all(crds.map((crd) => options.management.apply(crd)))
    await writePrivate(marker, digest)
  }
  await Promise.all(
    crds.map((crd) => until(`${crd.metadata.name} Established`, () => isEstablished(options.management, crd), 60_000, options.signal)),
  )
}

async function isEstablished(management: Management, { metadata }: CustomResourceDefinition): Promise<boolean> {
  const { status } = await management.get<CustomResourceDefinition>(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`)
  return status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') ?? false
}

async function applyWebhooks(options: ProviderOptions, pki: Pki, manifests: Manifests, endpoints: ReadonlyMap<ProviderName, WebhookEndpoint>): Promise<void> {
  const hooksOf = (name: ProviderName) => manifests.get(name)?.webhooks ?? []
  const apply = [...endpoints].flatMap(([name, endpoint]) =>
    hooksOf(name).map((configuration) => options.management.apply(patchWebhooks(configuration, name, endpoint))),
  )
  await Promise.all(apply)
  const dispatcher = tlsAgent(pki.ca.certPem)
  const ask = [...endpoints].flatMap(([name, { port }]) =>
    webhookPaths(hooksOf(name)).map((path) => {
      const body = JSON.stringify(emptyReview(path))
      const headers = { 'content-type': 'application/json' }
      const answers = async () => (await fetch(`https://127.0.0.1:${port}${path}`, { method: 'POST', dispatcher, headers, body })).ok
      return until(`webhook ${path} of ${name}`, answers, 30_000, options.signal)
    }),
  )
  await Promise.all(ask)
}

/** A review that each hook lets through unread: any other ends as an error in the controller's log. */
function emptyReview(path: string) {
  const operation = path.startsWith('/mutate') ? 'DELETE' : 'CONNECT'
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid: 'lab', operation } }
}
