import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '@/lib/kubernetes/object'
import { FIELD_MANAGER } from '@/lib/manifests/ownership'
import { NoPlace, toContract } from '@/lib/manifests/v1beta1'
import type { Identity } from '@/server/auth/identity'
import { failure } from '@/server/failure'
import { servedContract } from '@/server/management/contract'
import type { Discovery } from '@/server/management/discovery'
import { impersonationHeaders } from '@/server/management/impersonation'
import { knownKind, KINDS, resourcePath, type KindName } from '@/server/management/kinds'
import { isStatusError, toAppError, type FieldMap } from '@/server/management/status'
import type { ApiRequest, Transport } from '@/server/management/transport'

const PAGE = '500'

interface KubeList {
  readonly apiVersion: string
  readonly metadata?: { readonly continue?: string }
  readonly items: readonly KubeObject[]
}

/** The management cluster as one person. Each method throws AppErrors only, and none ever acts as the portal. */
export interface UserClient {
  /** null when it does not exist. */
  readonly get: (kind: KindName, namespace: string, name: string) => Promise<KubeObject | null>
  /** All of the Namespace, managedFields included. @throws AppError 'refused' when the management cluster does not have the kind */
  readonly list: (kind: KindName, namespace: string, labelSelector?: string) => Promise<readonly KubeObject[]>
  /** In the version that is served, whichever contract the object is rendered in. @returns the object as it would be */
  readonly dryRunApply: (object: KubeObject, fieldOf?: FieldMap) => Promise<KubeObject>
  readonly apply: (object: KubeObject, fieldOf?: FieldMap) => Promise<KubeObject>
  /** Background propagation; absent already is fine. `uid` guards against a successor of the same name. */
  readonly delete: (kind: KindName, namespace: string, name: string, uid?: string) => Promise<void>
  /** JSON merge patch; `metadata.uid` and `metadata.resourceVersion` in it are preconditions. @throws AppError 'conflict' when they fail */
  readonly patch: (kind: KindName, namespace: string, name: string, body: Readonly<Record<string, unknown>>) => Promise<void>
  /** `resourceVersion`: refused with 'conflict' when the pool has changed since it was read. */
  readonly patchScale: (namespace: string, machineDeployment: string, replicas: number, resourceVersion?: string) => Promise<void>
}

/** @throws Error at once for an identity that is not a person's: see impersonationHeaders */
export function createUserClient(transport: Transport, discovery: Discovery, identity: Identity): UserClient {
  const headers = impersonationHeaders(identity)
  const send = async <T>(what: string, request: Omit<ApiRequest, 'headers'>, fieldOf?: FieldMap): Promise<T> => {
    try {
      return await patiently(() => transport.json<T>({ ...request, headers }))
    } catch (error) {
      throw toAppError(error, what, fieldOf)
    }
  }
  const pathOf = async (kind: KindName, at: Parameters<typeof resourcePath>[2]): Promise<string> => {
    const path = await discovery.path(kind, at).catch((error: unknown) => {
      throw toAppError(error, kind)
    })
    if (path === null) throw failure('refused', `The management cluster does not have ${kind} (its provider is not installed).`)
    return path
  }
  const inServedVersion = async (object: KubeObject, fieldOf?: FieldMap): Promise<KubeObject> => {
    const contract = await servedContract(discovery).catch((error: unknown) => {
      throw toAppError(error, object.kind)
    })
    try {
      return toContract(object, contract)
    } catch (error) {
      const field = error instanceof NoPlace ? (fieldOf?.(object.kind, error.field) ?? null) : null
      throw failure('refused', `This management cluster’s older Cluster API or provider cannot be told all of ${object.kind} ${object.metadata.name}: ${(error as Error).message}`, field === null ? {} : { fields: { [field]: (error as Error).message } })
    }
  }
  const apply = async (rendered: KubeObject, dryRun: boolean, fieldOf?: FieldMap): Promise<KubeObject> => {
    const object = await inServedVersion(rendered, fieldOf)
    const info = knownKind(object.kind)
    const { name, namespace } = object.metadata
    const version = object.apiVersion.split('/').at(-1) ?? ''
    const query = { fieldManager: FIELD_MANAGER, force: 'false', fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined }
    const request = { method: 'PATCH', path: resourcePath(info, version, { namespace, name }), query, body: object, contentType: 'application/apply-patch+yaml', timeoutMs: 20_000 } as const
    return send<KubeObject>(`${object.kind} ${name}`, request, fieldOf)
  }
  return {
    get: async (kind, namespace, name) => {
      try {
        return await send<KubeObject>(`${kind} ${name}`, { method: 'GET', path: await pathOf(kind, { namespace, name }) })
      } catch (error) {
        if ((error as { view?: { code?: string } }).view?.code === 'not-found') return null
        throw error
      }
    },
    list: async (kind, namespace, labelSelector) => {
      const path = await pathOf(kind, { namespace })
      const items: KubeObject[] = []
      let next: string | undefined
      do {
        const page: KubeList = await send<KubeList>(`the list of ${kind}s`, { method: 'GET', path, query: { labelSelector, limit: PAGE, continue: next }, timeoutMs: 20_000 })
        items.push(...page.items.map((item) => ({ ...item, apiVersion: page.apiVersion, kind: KINDS[kind].kind })))
        next = page.metadata?.continue || undefined
      } while (next !== undefined)
      return items
    },
    dryRunApply: (object, fieldOf) => apply(object, true, fieldOf),
    apply: (object, fieldOf) => apply(object, false, fieldOf),
    delete: async (kind, namespace, name, uid) => {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', ...(uid ? { preconditions: { uid } } : {}) }
      try {
        await send(`${kind} ${name}`, { method: 'DELETE', path: await pathOf(kind, { namespace, name }), body, timeoutMs: 20_000 })
      } catch (error) {
        if ((error as { view?: { code?: string } }).view?.code !== 'not-found') throw error
      }
    },
    patch: async (kind, namespace, name, body) => {
      const path = await pathOf(kind, { namespace, name })
      await send(`${kind} ${name}`, { method: 'PATCH', path, body, contentType: 'application/merge-patch+json', query: { fieldManager: FIELD_MANAGER }, timeoutMs: 20_000 })
    },
    patchScale: async (namespace, name, replicas, resourceVersion) => {
      const path = await pathOf('MachineDeployment', { namespace, name, subresource: 'scale' })
      await send(`the size of ${KINDS.MachineDeployment.kind} ${name}`, { method: 'PATCH', path, body: { ...(resourceVersion ? { metadata: { resourceVersion } } : {}), spec: { replicas } }, contentType: 'application/merge-patch+json', query: { fieldManager: FIELD_MANAGER }, timeoutMs: 20_000 })
    },
  }
}

/** An overloaded API server says when to come back; a person waits a few seconds rather than read an error. */
async function patiently<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const wait = isStatusError(error) && error.code === 429 ? (error.retryAfterMs ?? 1_000) : null
      if (wait === null || wait > 5_000 || attempt >= 3) throw error
      await sleep(wait)
    }
  }
}
