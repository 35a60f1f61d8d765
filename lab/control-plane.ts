/** The management cluster's own processes: etcd, kube-apiserver, and the few controllers that Cluster API cannot do without. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetch } from 'undici'
import type { EtcdAccess } from './context'
import type { LabPart } from './part'
import { kubeconfigOf, tlsAgent } from './kubernetes'
import {
  createCa, createServiceAccountKeys, issueCert, loopbackSans, readPair, stillGood, writePair, writePrivate,
  type CertificateAuthority, type CertificatePair, type CertificateRequest,
} from './pki'
import type { Ports } from './ports'
import type { Supervisor } from './process'
import { versions } from './versions'

/** A certificate that ends sooner is issued anew at a start. */
const renewBeforeDays = 30

export interface ControlPlaneOptions {
  readonly stateDir: string
  readonly binDir: string
  readonly fast: boolean
  readonly ports: Ports
  readonly supervisor: Supervisor
}

export interface Pki {
  readonly ca: CertificateAuthority
  readonly caFile: string
  /** Issues `<dir>/<name>.{crt,key}`, or answers the pair of an earlier start while it is good. */
  readonly pair: (name: string, request: CertificateRequest) => Promise<CertificatePair & { readonly certFile: string; readonly keyFile: string }>
}

/** @param dir the files lie there; an authority that is not there yet is made by `create` */
export async function openPki(dir: string, create: () => Promise<CertificateAuthority> = () => createCa('tenantry-lab')): Promise<Pki> {
  const caBase = join(dir, 'ca')
  const known = await readPair(caBase)
  const ca = known ?? (await create())
  if (known === undefined) await writePair(caBase, ca)
  return {
    ca,
    caFile: `${caBase}.crt`,
    pair: async (name, request) => {
      const base = join(dir, name)
      const before = await readPair(base)
      const pair = before !== undefined && stillGood(before.certPem, ca, renewBeforeDays) ? before : await issueCert(ca, request)
      if (pair !== before) await writePair(base, pair)
      return { ...pair, certFile: `${base}.crt`, keyFile: `${base}.key` }
    },
  }
}

export async function startEtcd(options: ControlPlaneOptions, pki: Pki): Promise<{ part: LabPart; etcd: EtcdAccess }> {
  const [port, peerPort] = [await options.ports.take('etcd'), await options.ports.take('etcd-peer')]
  const server = await pki.pair('etcd', { cn: 'etcd', sans: loopbackSans, usages: ['server', 'client'] })
  const client = await pki.pair('etcd-client', { cn: 'kube-apiserver-etcd-client', usages: ['client'] })
  const endpoint = `https://127.0.0.1:${port}`
  const peer = `http://127.0.0.1:${peerPort}`
  const dataDir = join(options.stateDir, 'etcd')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const dispatcher = tlsAgent(pki.ca.certPem, client)
  const part = await options.supervisor.start({
    name: 'etcd',
    command: join(options.binDir, 'etcd'),
    args: [
      '--name=lab', `--data-dir=${dataDir}`,
      `--listen-client-urls=${endpoint}`, `--advertise-client-urls=${endpoint}`,
      `--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=lab=${peer}`,
      `--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`, `--trusted-ca-file=${pki.caFile}`, '--client-cert-auth',
      '--auto-compaction-retention=1h', '--log-level=warn',
      ...(options.fast ? ['--unsafe-no-fsync'] : []),
    ],
    version: versions.etcd,
    probe: async (signal) => (await fetch(`${endpoint}/health`, { dispatcher, signal })).ok,
    stopGraceMs: 8_000,
  })
  return { part, etcd: { endpoint, caFile: pki.caFile, certFile: client.certFile, keyFile: client.keyFile } }
}

export interface ApiServer {
  readonly part: LabPart
  readonly url: string
  readonly adminKubeconfig: string
  readonly admin: CertificatePair
}

export async function startApiServer(options: ControlPlaneOptions, pki: Pki, etcd: EtcdAccess): Promise<ApiServer> {
  const port = await options.ports.take('kube-apiserver')
  const url = `https://127.0.0.1:${port}`
  const server = await pki.pair('kube-apiserver', {
    cn: 'kube-apiserver',
    sans: [...loopbackSans, 'kubernetes', 'kubernetes.default.svc'],
    usages: ['server'],
  })
  const admin = await pki.pair('admin', { cn: 'lab-admin', o: ['system:masters'], usages: ['client'] })
  const adminKubeconfig = join(options.stateDir, 'admin.kubeconfig')
  await writePrivate(adminKubeconfig, kubeconfigOf(url, pki.ca.certPem, admin))
  const serviceAccountKeys = await openServiceAccountKeys(options.stateDir)
  const dispatcher = tlsAgent(pki.ca.certPem, admin)
  const part = await options.supervisor.start({
    name: 'kube-apiserver',
    command: join(options.binDir, 'kube-apiserver'),
    args: [
      '--bind-address=127.0.0.1', `--secure-port=${port}`,
      // Endpoints may not name loopback; nothing in the lab uses the Service `kubernetes`.
      '--advertise-address=127.0.0.1', '--endpoint-reconciler-type=none', '--service-cluster-ip-range=10.96.0.0/16',
      `--etcd-servers=${etcd.endpoint}`, `--etcd-cafile=${etcd.caFile}`, `--etcd-certfile=${etcd.certFile}`, `--etcd-keyfile=${etcd.keyFile}`,
      `--tls-cert-file=${server.certFile}`, `--tls-private-key-file=${server.keyFile}`, `--client-ca-file=${pki.caFile}`,
      '--authorization-mode=RBAC', '--allow-privileged',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${serviceAccountKeys.publicFile}`, `--service-account-signing-key-file=${serviceAccountKeys.privateFile}`,
      '--profiling=false',
      // Short: a stop waits for it, and the lab's watches never end by themselves.
      '--shutdown-delay-duration=0s', '--shutdown-send-retry-after=false',
    ],
    version: versions.kubernetes,
    probe: async (signal) => (await fetch(`${url}/readyz`, { dispatcher, signal })).ok,
    stopGraceMs: 8_000,
  })
  return { part, url, adminKubeconfig, admin }
}

/** Only what Cluster API leans on: ownerReferences, Namespaces that end, ServiceAccounts, aggregated ClusterRoles. */
export async function startControllerManager(options: ControlPlaneOptions, pki: Pki, api: ApiServer): Promise<LabPart> {
  const port = await options.ports.take('kube-controller-manager')
  const serving = await pki.pair('kube-controller-manager', { cn: 'kube-controller-manager', sans: loopbackSans, usages: ['server'] })
  const dispatcher = tlsAgent(pki.ca.certPem)
  return options.supervisor.start({
    name: 'kube-controller-manager',
    command: join(options.binDir, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${api.adminKubeconfig}`, '--leader-elect=false',
      '--bind-address=127.0.0.1', `--secure-port=${port}`, `--tls-cert-file=${serving.certFile}`, `--tls-private-key-file=${serving.keyFile}`,
      '--controllers=garbage-collector-controller,namespace-controller,serviceaccount-controller,clusterrole-aggregation-controller',
      '--concurrent-gc-syncs=5', '--profiling=false',
    ],
    version: versions.kubernetes,
    probe: async (signal) => (await fetch(`https://127.0.0.1:${port}/healthz`, { dispatcher, signal })).ok,
  })
}

async function openServiceAccountKeys(stateDir: string): Promise<{ privateFile: string; publicFile: string }> {
  const privateFile = join(stateDir, 'pki', 'service-account.key')
  const publicFile = join(stateDir, 'pki', 'service-account.pub')
  try {
    await readFile(publicFile)
  } catch {
    const keys = createServiceAccountKeys()
    await writePrivate(privateFile, keys.privatePem)
    await writePrivate(publicFile, keys.publicPem)
  }
  return { privateFile, publicFile }
}
