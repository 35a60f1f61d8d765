/** Kamaji's datastore in the lab: the management etcd, a key prefix for each tenant. */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import type { EtcdAccess } from '../context'

/**
 * `_` is in no Kubernetes name: with `-` the tenants a-b/c and a/b-c would share their keys. The slash at the end of every key
 * below it keeps ns_c1 apart from ns_c10.
 */
export function etcdPrefixOf(namespace: string, name: string): string {
  return `/${namespace}_${name}`
}

export interface Datastore {
  /** Deletes every key of the tenant; answers how many there were. */
  readonly wipe: (namespace: string, name: string) => Promise<number>
  readonly close: () => Promise<void>
}

export async function openDatastore(etcd: EtcdAccess): Promise<Datastore> {
  const [ca, cert, key] = await Promise.all([etcd.caFile, etcd.certFile, etcd.keyFile].map((file) => readFile(file, 'utf8')))
  const agent = new Agent({ connect: { ca: ca ?? '', cert: cert ?? '', key: key ?? '' }, allowH2: false })
  return {
    wipe: async (namespace, name) => {
      const prefix = `${etcdPrefixOf(namespace, name)}/`
      // The end of the range is the prefix with its last byte one higher: '0' follows '/'.
      const end = `${prefix.slice(0, -1)}0`
      // etcd's JSON gateway: a gRPC client for this one call would be the lab's largest dependency.
      const response = await request(`${etcd.endpoint}/v3/kv/deleterange`, {
        method: 'POST',
        dispatcher: agent,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key: base64(prefix), range_end: base64(end) }),
        signal: AbortSignal.timeout(10_000),
      })
      const text = await response.body.text()
      if (response.statusCode !== 200) throw new Error(`etcd refused to delete ${prefix}: ${text}`)
      return Number((JSON.parse(text) as { deleted?: string }).deleted ?? 0)
    },
    close: () => agent.destroy(),
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
