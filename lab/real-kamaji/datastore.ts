/**
 * Kamaji's datastore: an etcd of its own. Kamaji grants each tenant all keys from `/<namespace>_<name>/` to the end, so whatever
 * sorts later would be open to it: not the management cluster's etcd.
 */
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fetch, type Agent } from 'undici'
import { openPki, type ControlPlaneOptions } from '../control-plane'
import { tlsAgent, type KubernetesObject, type Management } from '../kubernetes'
import type { LabPart } from '../part'
import { createRsaCa, loopbackSans, pkcs1Of, writePrivate, type CertificatePair, type CertificateAuthority } from '../pki'
import { versions } from '../versions'

export const kamajiNamespace = 'kamaji-system'
export const datastoreName = 'default'
const dataStorePath = `/apis/kamaji.clastix.io/v1alpha1/datastores/${datastoreName}`

export interface Datastore {
  readonly part: LabPart
  /** `127.0.0.1:<port>` */
  readonly endpoint: string
  readonly ca: CertificateAuthority
  /** etcd's root user. */
  readonly root: CertificatePair
}

export async function startDatastore(options: ControlPlaneOptions): Promise<Datastore> {
  const dir = join(options.stateDir, 'datastore')
  // Kamaji signs each tenant's client certificate with it, and reads its key in PKCS#1 only.
  const pki = await openPki(join(dir, 'pki'), () => createRsaCa('tenantry-lab-datastore'))
  const [port, peerPort] = [await options.ports.take('datastore'), await options.ports.take('datastore-peer')]
  // Without a name: etcd's JSON gateway calls etcd with this very certificate, and a name would be a user.
  const server = await pki.pair('etcd', { cn: '', sans: loopbackSans, usages: ['server', 'client'] })
  const root = await pki.pair('root', { cn: 'root', usages: ['client'] })
  const endpoint = `127.0.0.1:${port}`
  const peer = `http://127.0.0.1:${peerPort}`
  const dataDir = join(dir, 'etcd')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const dispatcher = tlsAgent(pki.ca.certPem, root)
  const part = await options.supervisor.start({
    name: 'datastore',
    command: join(options.binDir, 'etcd'),
    args: [
      '--name=datastore', `--data-dir=${dataDir}`,
      `--listen-client-urls=https://${endpoint}`, `--advertise-client-urls=https://${endpoint}`,
      `--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=datastore=${peer}`,
      `--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`, `--trusted-ca-file=${pki.caFile}`, '--client-cert-auth',
      '--auto-compaction-retention=1h', '--log-level=warn',
      ...(options.fast ? ['--unsafe-no-fsync'] : []),
    ],
    version: versions.etcd,
    probe: async (signal) => (await fetch(`https://${endpoint}/health`, { dispatcher, signal })).ok,
    stopGraceMs: 8_000,
  })
  await protect(`https://${endpoint}`, dispatcher, join(dir, 'protected'))
  return { part, endpoint, ca: pki.ca, root }
}

/** Turns authentication on, once: Kamaji gives each tenant a user and a role of its own. */
async function protect(url: string, dispatcher: Agent, marker: string): Promise<void> {
  if (await access(marker).then(() => true, () => false)) return
  const steps = [
    ['user/add', { name: 'root', options: { no_password: true } }],
    ['role/add', { name: 'root' }],
    ['user/grant', { user: 'root', role: 'root' }],
    ['enable', {}],
  ] as const
  for (const [path, body] of steps) {
    const response = await fetch(`${url}/v3/auth/${path}`, { method: 'POST', dispatcher, body: JSON.stringify(body) })
    const text = await response.text()
    // Of an earlier start that was killed before it wrote the marker; "name is empty" is what a protected etcd says to the gateway.
    if (!response.ok && !/already exists|user name is empty/.test(text)) throw new Error(`the datastore refused auth/${path}: ${text}`)
  }
  await writePrivate(marker, '')
}

/** What Kamaji reads at its start: without the DataStore it does not start, and while it is away its webhook takes no change of it. */
export async function announceDatastore(management: Management, datastore: Datastore): Promise<void> {
  await management.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: kamajiNamespace } })
  await Promise.all([
    management.apply(secret('etcd-certs', { 'ca.crt': datastore.ca.certPem, 'ca.key': pkcs1Of(datastore.ca) })),
    management.apply(secret('root-client-certs', { 'tls.crt': datastore.root.certPem, 'tls.key': datastore.root.keyPem })),
  ])
  const known = await management.get(dataStorePath).then(() => true, (error: Error) => error.message.includes(': 404 ') ? false : Promise.reject(error))
  if (!known) await management.apply(dataStore(datastore))
}

/** Again once Kamaji runs: the datastore may have got another port. */
export const applyDatastore = (management: Management, datastore: Datastore): Promise<void> => management.apply(dataStore(datastore))

function dataStore({ endpoint }: Datastore): KubernetesObject & { spec: unknown } {
  const inSecret = (name: string, keyPath: string) => ({ secretReference: { name, namespace: kamajiNamespace, keyPath } })
  return {
    apiVersion: 'kamaji.clastix.io/v1alpha1',
    kind: 'DataStore',
    metadata: { name: datastoreName },
    spec: {
      driver: 'etcd',
      endpoints: [endpoint],
      tlsConfig: {
        certificateAuthority: { certificate: inSecret('etcd-certs', 'ca.crt'), privateKey: inSecret('etcd-certs', 'ca.key') },
        clientCertificate: { certificate: inSecret('root-client-certs', 'tls.crt'), privateKey: inSecret('root-client-certs', 'tls.key') },
      },
    },
  }
}

function secret(name: string, stringData: Record<string, string>): KubernetesObject & { stringData: unknown } {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: kamajiNamespace }, stringData }
}
