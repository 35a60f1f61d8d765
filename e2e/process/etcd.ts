/** Compaction of the lab's etcd, as kube-apiserver and etcd do by themselves every few minutes: what a watch could have gone on from is then gone. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { labFacts } from '@/e2e/support/lab'

/** Forgets every revision before the present one. */
export async function compactEtcd(): Promise<void> {
  const { stateDir } = labFacts()
  const pki = (name: string): Promise<string> => readFile(join(stateDir, 'pki', name), 'utf8')
  const [ca, cert, key, ports] = await Promise.all([pki('ca.crt'), pki('etcd-client.crt'), pki('etcd-client.key'), readFile(join(stateDir, 'ports.json'), 'utf8')])
  const { etcd: port } = JSON.parse(ports) as { etcd: number }
  const dispatcher = new Agent({ connect: { ca, cert, key } })
  const call = async <T>(path: string, body: object): Promise<T> => {
    const answer = await request(`https://127.0.0.1:${port}/v3/kv/${path}`, { method: 'POST', dispatcher, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) })
    if (answer.statusCode !== 200) throw new Error(`etcd: ${path}: ${answer.statusCode} ${await answer.body.text()}`)
    return (await answer.body.json()) as T
  }
  try {
    // etcd's JSON gateway; keys are base64.
    const { header } = await call<{ header: { revision: string } }>('range', { key: Buffer.from('/').toString('base64'), limit: 1 })
    await call('compaction', { revision: header.revision, physical: true })
  } finally {
    await dispatcher.close()
  }
}
