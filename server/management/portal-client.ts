import 'server-only'
import { ADD_ON_LABEL } from '@/lib/addons/names'
import { SECRET_PROTECTION } from '@/lib/doctor/left-behind'
import type { KubeObject, OwnerReference } from '@/lib/kubernetes/object'
import { FIELD_MANAGER } from '@/lib/manifests/ownership'
import { isAppError } from '@/lib/errors'
import { NODE_SECRET_LABEL, OWN_SECRET } from '@/lib/node-config/rules/secrets'
import { failure } from '@/server/failure'
import type { Discovery } from '@/server/management/discovery'
import { KINDS, resourcePath, segment, type KindName } from '@/server/management/kinds'
import { isStatusError, toAppError } from '@/server/management/status'
import type { Transport } from '@/server/management/transport'

/** What add-ons consist of. */
export const OWN_KINDS = ['Secret', 'ConfigMap', 'ServiceAccount', 'RoleBinding', 'ClusterResourceSet', 'Deployment', 'Service', 'ServiceMonitor'] as const satisfies readonly KindName[]
export type OwnKind = (typeof OWN_KINDS)[number]

/** The sign-in of a VSphereClusterIdentity. Goes into Secrets and nowhere else. */
export interface SignIn {
  readonly username: string
  readonly password: string
  /** `<uid>/<resourceVersion>` of the Secret that it was read from. */
  readonly version: string
}

/**
 * The portal as itself, where the person may not: add-ons of a cluster, which hold and mount what nobody of the tenant may read,
 * Secrets with what people typed for machines, and the protection of a Secret that Kamaji has left behind. Whoever calls it has asked the API server first whether the person may change the
 * cluster (server/addons/prepare.ts). What it may write is cut down to these by chart/rbac/add-ons-policy.yaml, whatever happens here.
 */
export interface PortalClient {
  /** Server-side apply, nothing forced, unknown fields refused. @throws AppError 'refused' | 'conflict' */
  readonly apply: (object: KubeObject, options?: { readonly dryRun: boolean }) => Promise<KubeObject>
  /** Absent already is fine, and so is a kind that the management cluster does not have. */
  readonly delete: (kind: OwnKind, namespace: string, name: string) => Promise<void>
  /** Whether the management cluster has the kind now: a CRD may come and go. */
  readonly has: (kind: OwnKind) => Promise<boolean>
  /** Sets the owners of a Secret for machines. @returns whether it is there */
  readonly adopt: (namespace: string, name: string, owners: readonly OwnerReference[]) => Promise<boolean>
  /** Takes Kamaji's protection from a Secret that it has left behind, if nobody has changed it since. @throws AppError 'refused' | 'conflict' | 'not-found' */
  readonly letGoOfDatastoreSecret: (namespace: string, secret: Pick<KubeObject, 'metadata'>) => Promise<void>
  /** @throws AppError 'not-ready' when the identity or its Secret is missing or empty */
  readonly signInOf: (identity: string) => Promise<SignIn>
}

/** @param capvNamespace where CAPV keeps the Secrets of identities */
export function createPortalClient(transport: Transport, discovery: Discovery, capvNamespace: string): PortalClient {
  const servedOf = (kind: OwnKind): Promise<string | null> =>
    discovery.version(KINDS[kind]).catch((error: unknown) => {
      throw toAppError(error, kind)
    })
  const versionOf = async (kind: OwnKind): Promise<string> => {
    const version = await servedOf(kind)
    if (version === null) throw failure('refused', `The management cluster does not have ${kind}: its feature is switched off.`)
    return version
  }
  /** Its metadata alone, both ways: the whole answer would hold what the Secret keeps. */
  const patchSecret = async (namespace: string, name: string, metadata: object): Promise<unknown> => {
    const path = resourcePath(KINDS.Secret, await versionOf('Secret'), { namespace, name })
    return transport.json({ method: 'PATCH', path, query: { fieldManager: FIELD_MANAGER }, body: { metadata }, contentType: 'application/merge-patch+json', as: 'metadata', timeoutMs: 20_000 })
  }
  return {
    apply: async (object, { dryRun } = { dryRun: false }) => {
      const kind = ownKind(object)
      const version = await versionOf(kind)
      const { name, namespace } = object.metadata
      // Older management clusters serve an older version of a ClusterResourceSet, of the same shape.
      const body = { ...object, apiVersion: KINDS[kind].group === '' ? version : `${KINDS[kind].group}/${version}` }
      const query = { fieldManager: FIELD_MANAGER, force: 'false', fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined }
      const request = { method: 'PATCH', path: resourcePath(KINDS[kind], version, { namespace, name }), query, body, contentType: 'application/apply-patch+yaml', timeoutMs: 20_000 } as const
      return transport.json<KubeObject>(request).catch((error: unknown) => {
        throw refusal(error, kind, name)
      })
    },
    delete: async (kind, namespace, name) => {
      const version = await servedOf(kind)
      if (version === null) return
      const path = resourcePath(KINDS[kind], version, { namespace, name })
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' }
      await transport.json({ method: 'DELETE', path, body, timeoutMs: 20_000 }).catch((error: unknown) => {
        if (!isStatusError(error) || error.code !== 404) throw refusal(error, kind, name)
      })
    },
    has: async (kind) => {
      discovery.forget(KINDS[kind])
      return (await servedOf(kind)) !== null
    },
    adopt: async (namespace, name, ownerReferences) => {
      try {
        await patchSecret(namespace, name, { ownerReferences })
        return true
      } catch (error) {
        if (isStatusError(error) && error.code === 404) return false
        throw refusal(error, 'Secret', name)
      }
    },
    letGoOfDatastoreSecret: async (namespace, { metadata: { name, uid, resourceVersion, finalizers = [] } }) => {
      await patchSecret(namespace, name, { uid, resourceVersion, finalizers: finalizers.filter((one) => one !== SECRET_PROTECTION) }).catch((error: unknown) => {
        throw refusal(error, 'Secret', name)
      })
    },
    signInOf: async (identity) => {
      const missing = (what: string) => failure('not-ready', `The sign-in of the vSphere identity ${identity} cannot be copied: ${what}. A platform admin has to look at it.`)
      const path = await discovery.path('VSphereClusterIdentity', { name: identity })
      if (path === null) throw missing('its provider is not installed')
      try {
        const { spec } = await transport.json<{ spec?: { secretName?: string } }>({ method: 'GET', path })
        if (!spec?.secretName) throw missing('it names no Secret')
        const at = `/api/v1/namespaces/${segment(capvNamespace)}/secrets/${segment(spec.secretName)}`
        const { metadata, data } = await transport.json<{ metadata: { uid: string; resourceVersion: string }; data?: Record<string, string> }>({ method: 'GET', path: at })
        const username = decoded(data?.['username'])
        const password = decoded(data?.['password'])
        if (username === '' || password === '') throw missing('its Secret has no username or password')
        return { username, password, version: `${metadata.uid}/${metadata.resourceVersion}` }
      } catch (error) {
        if (isAppError(error) || !isStatusError(error)) throw error
        if (error.code === 404) throw missing('its Secret is gone')
        if (error.code === 403) throw missing('the portal may not read its Secret (chart/rbac/portal.yaml, tenantry:portal-identities)')
        throw toAppError(error, `the vSphere identity ${identity}`)
      }
    },
  }
}

/** @throws Error for what is neither an add-on's nor a Secret for machines: a bug */
function ownKind(object: KubeObject): OwnKind {
  const kind = OWN_KINDS.find((own) => own === object.kind)
  const labels = object.metadata.labels ?? {}
  const forMachines = kind === 'Secret' && NODE_SECRET_LABEL in labels && OWN_SECRET.test(object.metadata.name)
  if (!kind || (labels[ADD_ON_LABEL] === undefined && !forMachines)) throw new Error(`The portal does not write ${object.kind} ${object.metadata.name} as itself`)
  return kind
}

const decoded = (value: string | undefined): string => (value === undefined ? '' : Buffer.from(value, 'base64').toString('utf8'))

/** In words that fit the portal, not the person; of a Secret nothing that the server says goes on, since it may repeat what was sent. */
function refusal(error: unknown, kind: OwnKind, name: string): unknown {
  if (isStatusError(error) && error.code === 403 && !/admission|quota|PodSecurity/i.test(error.message)) {
    return failure('refused', `The portal may not write ${kind} ${name}: it has not been given add-ons in this tenant. A platform admin has to bind it (chart/rbac/portal.yaml).`, kind === 'Secret' ? {} : { detail: error.message })
  }
  const told = toAppError(error, `${kind} ${name}`)
  if (kind !== 'Secret' || !isStatusError(error) || !isAppError(told)) return told
  return failure(told.view.code, `The management cluster refused the Secret ${name} (${error.status.reason ?? error.code}).`)
}
