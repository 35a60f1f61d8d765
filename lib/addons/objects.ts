import { base64 } from '@/lib/addons/config'
import { ADD_ON_LABEL, CONFIG_ANNOTATION, CREDENTIALS_ANNOTATION, names, SETTINGS_ANNOTATION } from '@/lib/addons/names'
import type { AddOnName, AddOnSettings } from '@/lib/addons/spec'
import type { AddOnPods } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { contentHash } from '@/lib/manifests/hash'
import { CLUSTER_NAME_LABEL, metadata } from '@/lib/manifests/labels'
import { toYaml } from '@/lib/manifests/yaml'

export interface AddOnPlace {
  readonly tenant: string
  readonly cluster: string
}

const KUBECONFIG_DIR = '/etc/kubernetes'
/** Kamaji's kubeconfig of the tenant cluster for what runs inside the management cluster. */
export const KUBECONFIG = `${KUBECONFIG_DIR}/admin.svc`
/** A directory, not a subPath: a subPath never sees that Kamaji has rotated it. */
export const kubeconfigMount = { name: 'kubeconfig', mountPath: KUBECONFIG_DIR, readOnly: true } as const
export const kubeconfigVolume = ({ cluster }: AddOnPlace) => ({ name: 'kubeconfig', secret: { secretName: names.adminKubeconfig(cluster), items: [{ key: 'admin.svc', path: 'admin.svc' }], defaultMode: 0o440 } })

export const labelsOf = (addOn: AddOnName) => ({ labels: { [ADD_ON_LABEL]: addOn } })

/** Nothing in it needs a right of the node. */
export const LOCKED_DOWN = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true } as const
/** As an unprivileged user; the group may read the mounted Secrets, others may not. */
export const asUser = (id: number) => ({ runAsNonRoot: true, runAsUser: id, runAsGroup: id, fsGroup: id, seccompProfile: { type: 'RuntimeDefault' } })

export interface Workload {
  readonly name: string
  readonly settings: AddOnSettings
  /** What Pods are replaced for when it changes, beside their own spec. */
  readonly config: unknown
  /** Of the Secret that the sign-in was copied from; null: none is used. */
  readonly credentials: string | null
  readonly replicas: number
  readonly pod: { readonly tolerations?: readonly object[]; readonly [field: string]: unknown }
}

/** What the platform decides of every add-on: where images come from, and what Pods get. */
export interface Platform {
  readonly registry: string
  readonly pods: AddOnPods
}

export function deployment(place: AddOnPlace, { name, settings, config, credentials, replicas, pod }: Workload, { pods }: Platform): KubeObject {
  const own = { [CLUSTER_NAME_LABEL]: place.cluster, [ADD_ON_LABEL]: settings.name }
  const signIn = credentials === null ? {} : { [CREDENTIALS_ANNOTATION]: credentials }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(place, name, { ...labelsOf(settings.name), annotations: { [SETTINGS_ANNOTATION]: JSON.stringify(settings), ...signIn } }),
    spec: {
      replicas,
      selector: { matchLabels: own },
      template: {
        // The portal's own win: Pods are selected by these labels.
        metadata: { labels: { ...pods.labels, ...own }, annotations: { ...pods.annotations, [CONFIG_ANNOTATION]: contentHash({ config, credentials }) } },
        spec: {
          ...pod,
          ...(pods.nodeSelector === undefined ? {} : { nodeSelector: pods.nodeSelector }),
          ...(pod.tolerations === undefined && pods.tolerations === undefined ? {} : { tolerations: [...(pod.tolerations ?? []), ...(pods.tolerations ?? [])] }),
        },
      },
    },
  }
}

/** Type of a Secret whose values a ClusterResourceSet applies (cluster-api api/addons/v1beta2/clusterresourceset_types.go). */
const RESOURCE_SET_SECRET = 'addons.cluster.x-k8s.io/resource-set'

/** Where the configuration is mounted. */
export const CONFIG_DIR = '/etc/cloud'
/** Beside the configuration in its Secret, where the offer has one. */
export const CA_FILE = 'vcenter-ca.pem'

/** A file that programs read, with the identity's sign-in in it. */
export function configSecret(place: AddOnPlace, addOn: AddOnName, name: string, { file, text, ca, credentials }: { file: string; text: string; ca: string | null; credentials: string }): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(place, name, { ...labelsOf(addOn), annotations: { [CREDENTIALS_ANNOTATION]: credentials } }),
    type: 'Opaque',
    data: { [file]: base64(text), ...(ca === null ? {} : { [CA_FILE]: base64(ca) }) },
  }
}

export const serviceAccount = (place: AddOnPlace, addOn: AddOnName, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: metadata(place, name, labelsOf(addOn)),
  automountServiceAccountToken: false,
})

/** A ClusterRole of the chart in this Namespace only, for its own ServiceAccount unless others are named. */
export const roleBinding = (place: AddOnPlace, addOn: AddOnName, name: string, role: string, accounts = [{ namespace: place.tenant, name }]): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: metadata(place, name, labelsOf(addOn)),
  subjects: accounts.map((account) => ({ kind: 'ServiceAccount', ...account })),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
})

export interface TenantPart {
  readonly name: string
  readonly objects: readonly KubeObject[]
  /** It goes in a Secret, not in a ConfigMap. */
  readonly secret?: boolean
}

/** Cluster API takes no text of less than 32 bytes (internal/controllers/clusterresourceset/clusterresourceset_helpers.go, isJSONList). */
const NO_OBJECTS = '# Nothing of this add-on is to be in the cluster.\n'

/**
 * Objects for the tenant cluster, carried there and kept as they are by Cluster API: a ConfigMap (or Secret) for each part, and one
 * ClusterResourceSet. Its selector and strategy can't be changed later (cluster-api internal/webhooks/clusterresourceset.go).
 * A part that changes is applied again whole, so what cannot be changed in place (a StorageClass) has a part of its own.
 */
export function tenantObjects(place: AddOnPlace, addOn: AddOnName, name: string, parts: readonly TenantPart[], annotations?: Record<string, string>): readonly KubeObject[] {
  const textOf = ({ objects }: TenantPart): string => (objects.length === 0 ? NO_OBJECTS : toYaml(objects))
  const carried = parts.map((part) => ({
    apiVersion: 'v1',
    metadata: metadata(place, part.name, labelsOf(addOn)),
    ...(part.secret ? { kind: 'Secret', type: RESOURCE_SET_SECRET, data: { 'objects.yaml': base64(textOf(part)) } } : { kind: 'ConfigMap', data: { 'objects.yaml': textOf(part) } }),
  }))
  const set = {
    apiVersion: 'addons.cluster.x-k8s.io/v1beta2',
    kind: 'ClusterResourceSet',
    metadata: metadata(place, name, { ...labelsOf(addOn), ...(annotations === undefined ? {} : { annotations }) }),
    spec: {
      clusterSelector: { matchLabels: { [CLUSTER_NAME_LABEL]: place.cluster } },
      resources: parts.map((part) => ({ kind: part.secret ? 'Secret' : 'ConfigMap', name: part.name })),
      strategy: 'Reconcile',
    },
  }
  return [...carried, set]
}
