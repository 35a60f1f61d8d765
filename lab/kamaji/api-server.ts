/** A tenant's kube-apiserver: a process on the tenant's own address, with its keys under a prefix of the lab's etcd. */
import { request } from 'node:https'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { LabContext } from '../context'
import type { SupervisedProcess } from '../process'
import { issueCert, writePair, type CertificateAuthority } from '../pki'
import { etcdPrefixOf } from './datastore'
import { newestMinor, oldestEmulatedMinor, parseVersion } from './admission'
import type { Endpoint } from './loopback-address'

export interface ApiServerSpec {
  readonly namespace: string
  readonly name: string
  readonly version: string
  readonly endpoint: Endpoint
  readonly ca: CertificateAuthority
  readonly serviceCidr: string
  readonly serviceDomain: string
  readonly certNames: readonly string[]
  readonly extraArgs: readonly string[]
}

export type ApiServerSlot = 'a' | 'b'

/**
 * Starts it and waits for /readyz. Two may share the address (SO_REUSEPORT) while one follows the other, as Kamaji's Deployment
 * rolls; the slots keep their names and files apart. Files lie below `dir`: ca.crt, sa.key and sa.pub are there already.
 */
export async function startApiServer(ctx: LabContext, dir: string, spec: ApiServerSpec, slot: ApiServerSlot): Promise<SupervisedProcess> {
  const serving = await issueCert(spec.ca, {
    cn: 'kube-apiserver',
    sans: [...new Set([spec.endpoint.host, '127.0.0.1', 'localhost', 'kubernetes.default.svc', firstAddressOf(spec.serviceCidr), ...spec.certNames])],
    usages: ['server'],
  })
  const pair = join(dir, `serving-${slot}`)
  await writePair(pair, serving)
  const fingerprint = new X509Certificate(serving.certPem).fingerprint256
  return ctx.supervisor.start({
    name: `tenant-api:${spec.namespace}/${spec.name}${slot === 'a' ? '' : '/b'}`,
    command: join(ctx.binDir, 'kube-apiserver'),
    args: withExtraArgs(argumentsOf(ctx, dir, pair, spec), spec.extraArgs),
    // A collection twice as often costs little on a near-idle server and a third of its memory otherwise.
    env: { GOGC: '40', GOMAXPROCS: '2' },
    version: spec.version,
    probe: (signal) => isReady(spec, fingerprint, signal),
    startTimeoutMs: 90_000,
    stopGraceMs: 3_000,
  })
}

function argumentsOf(ctx: LabContext, dir: string, pair: string, { namespace, name, version, endpoint, serviceCidr, serviceDomain }: ApiServerSpec): string[] {
  const minor = parseVersion(version)?.minor ?? newestMinor
  const emulated = Math.min(Math.max(minor, oldestEmulatedMinor), newestMinor)
  return [
    `--etcd-servers=${ctx.etcd.endpoint}`,
    `--etcd-cafile=${ctx.etcd.caFile}`,
    `--etcd-certfile=${ctx.etcd.certFile}`,
    `--etcd-keyfile=${ctx.etcd.keyFile}`,
    `--etcd-prefix=${etcdPrefixOf(namespace, name)}`,
    `--bind-address=${endpoint.host}`,
    `--secure-port=${endpoint.port}`,
    '--permit-port-sharing=true',
    `--tls-cert-file=${pair}.crt`,
    `--tls-private-key-file=${pair}.key`,
    `--client-ca-file=${join(dir, 'ca.crt')}`,
    `--service-account-issuer=https://kubernetes.default.svc.${serviceDomain}`,
    `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
    `--service-account-key-file=${join(dir, 'sa.pub')}`,
    `--service-cluster-ip-range=${serviceCidr}`,
    '--authorization-mode=Node,RBAC',
    '--enable-bootstrap-token-auth',
    '--allow-privileged',
    `--emulated-version=1.${emulated}`,
    // 127/8 is no valid advertise address for Endpoints; nothing in the lab looks the service up.
    '--endpoint-reconciler-type=none',
    // Memory: with two watchers a tenant, etcd itself answers as fast as a cache of every kind would.
    '--watch-cache=false',
    '--enable-priority-and-fairness=false',
    '--profiling=false',
    '--etcd-count-metric-poll-period=0',
    '--etcd-db-metric-poll-interval=0',
    // The management API server compacts: it is the same etcd.
    '--etcd-compaction-interval=0',
  ]
}

/** Kamaji keeps arguments by flag, and a person's win over its own (buildKubeAPIServerCommand in its internal/builders/controlplane). */
export function withExtraArgs(own: readonly string[], extra: readonly string[]): string[] {
  return [...new Map([...own, ...extra].map((argument) => [argument.split('=', 1)[0], argument])).values()]
}

/** A connection of its own each time, and only the process with this certificate counts: the address may be shared. */
function isReady({ endpoint, ca }: ApiServerSpec, fingerprint: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: endpoint.host, port: endpoint.port, path: '/readyz', ca: ca.certPem, agent: false, signal },
      (response) => {
        response.resume()
        const socket = response.socket as import('node:tls').TLSSocket
        resolve(response.statusCode === 200 && socket.getPeerCertificate().fingerprint256 === fingerprint)
      },
    )
    call.once('error', reject)
    call.end()
  })
}

/** The service `kubernetes` gets the first address of the range, and clients inside verify it. */
function firstAddressOf(cidr: string): string {
  const octets = (cidr.split('/')[0] ?? '').split('.').map(Number)
  if (octets.length !== 4 || octets.some(Number.isNaN)) return '10.96.0.1'
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join('.')
}
