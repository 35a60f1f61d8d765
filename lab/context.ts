/**
 * What lab.ts hands to each part, and what each part hands back. A part that is not one of the management cluster's own
 * processes (Kamaji's stand-in, the node agent, the identity provider) is written against this file alone.
 */
import type { LabAccount, LabPartName } from './contract'
import type { CertificateAuthority } from './pki'
import type { Ports } from './ports'
import type { Supervisor } from './process'

/** Where the management etcd answers. TLS on both sides; tenant kube-apiservers share it under their own `--etcd-prefix`. */
export interface EtcdAccess {
  /** `https://127.0.0.1:<port>` */
  readonly endpoint: string
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

export interface VcenterAccess {
  /** `127.0.0.1:<port>`: what VSphereCluster.spec.server names. */
  readonly server: string
  /** `https://127.0.0.1:<port>`; SOAP below /sdk. */
  readonly url: string
  readonly user: string
  readonly password: string
  readonly passwordFile: string
  /** SHA-1 of the serving certificate, `AA:BB:..`: pinned by CAPV. */
  readonly thumbprint: string
  readonly caFile: string
}

export interface LabContext {
  readonly stateDir: string
  readonly binDir: string
  readonly logDir: string
  /** Safe against crashes only as far as a test needs. */
  readonly fast: boolean
  /** Path of cluster-admin's kubeconfig on the management cluster. */
  readonly adminKubeconfig: string
  /** `https://127.0.0.1:<port>`, signed by `ca`. */
  readonly apiServerUrl: string
  /** The lab's own CA: etcd, management kube-apiserver, webhooks, simulator. Tenant clusters each have one of their own. */
  readonly ca: CertificateAuthority
  readonly caFile: string
  readonly etcd: EtcdAccess
  readonly vcenter: VcenterAccess
  /** Every child process goes through it: logs, restarts, and an end even after kill -9 of the lab. */
  readonly supervisor: Supervisor
  /** Loopback ports that a restart of the lab keeps. */
  readonly ports: Ports
  /** Log of a part that runs inside the lab's own process: `<logDir>/<part>.log`, one line a call, time in front. */
  readonly log: (part: LabPartName) => (line: string) => void
  /** Aborts when the lab stops: no new work after it. `stop` of a part still has to be awaited. */
  readonly signal: AbortSignal
  readonly accounts: readonly LabAccount[]
  readonly portalUrl: string
}
