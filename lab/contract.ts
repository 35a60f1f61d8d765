/**
 * What the lab promises to those who start it (scripts/demo, e2e, integration tests): where its parts answer and how to
 * sign in. The product never imports this; it is given the same facts through its environment, as in production.
 */

/**
 * `default`: the newest contracts, with a stand-in for Kamaji. `kamaji`: Kamaji's own controllers and its Cluster API provider,
 * with the older contracts that they know.
 */
export const profileNames = ['default', 'kamaji'] as const
export type ProfileName = (typeof profileNames)[number]

/** A person of the identity provider. The password is the lab's own and public; it opens nothing outside loopback. */
export interface LabAccount {
  /** Login and e-mail address: what Kubernetes sees as `oidc:<email>`. */
  readonly email: string
  readonly name: string
  readonly password: string
  /** Groups claim; Kubernetes sees each as `oidc:<group>`. */
  readonly groups: readonly string[]
  /** For the list that the demo prints: what this person may do. */
  readonly role: string
}

export interface Lab {
  /** Absolute path; every file of this lab lives below it. */
  readonly stateDir: string
  readonly profile: ProfileName
  /** Kubeconfig of cluster-admin on the management cluster (tests and people; never the portal). */
  readonly adminKubeconfig: string
  /** Kubeconfig of the portal's own ServiceAccount (token), bound to exactly what chart/rbac says. */
  readonly portalKubeconfig: string
  readonly apiServerUrl: string
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string }
  readonly vcenter: { readonly server: string; readonly user: string; readonly passwordFile: string; readonly thumbprint: string }
  readonly accounts: readonly LabAccount[]
  /** Folder with one log file a process. */
  readonly logDir: string
  /** Stops a part as a fault and keeps it down until `revive`; for tests of outages. */
  readonly kill: (part: LabPartName) => Promise<void>
  readonly revive: (part: LabPartName) => Promise<void>
  readonly status: () => Promise<readonly LabPartStatus[]>
  /** Ends everything in order: controllers, kube-apiserver, etcd. Idempotent. */
  readonly stop: () => Promise<void>
}

export type LabPartName =
  | 'etcd' | 'kube-apiserver' | 'kube-controller-manager'
  | 'capi' | 'kubeadm-bootstrap' | 'capv' | 'ipam'
  | 'vcenter' | 'kamaji' | 'kamaji-provider' | 'datastore' | 'runner' | 'node-agent' | 'identity-provider'
  | `tenant-api:${string}`

export interface LabPartStatus {
  readonly name: LabPartName
  readonly health: 'ready' | 'starting' | 'down'
  readonly version: string
  /** null for parts that run inside the lab's own process. */
  readonly pid: number | null
  readonly restarts: number
  readonly logFile: string
}

export interface StartLab {
  /** Created when absent; a lab that finds its earlier state goes on from it. */
  readonly stateDir: string
  /** Folder with the built binaries of that profile (lab/binaries.ts). */
  readonly binDir: string
  /** `default` unless said otherwise. A state folder keeps the profile that it was begun with. */
  readonly profile?: ProfileName
  /** Where the portal answers: redirect URIs of the identity provider are made from it (any loopback port is also accepted). */
  readonly portalUrl: string
  /** `--unsafe-no-fsync` and the like: tests only. */
  readonly fast?: boolean
  readonly onProgress?: (step: string) => void
  readonly signal?: AbortSignal
}
