import 'server-only'
import type { NodeConfig } from '@/lib/node-config/spec'
import { NODE_SECRET_LABEL, OWN_SECRET, secretRefs } from '@/lib/node-config/rules/secrets'
import { secretData, typedProblems, type TypedSecrets } from '@/lib/node-config/secrets'
import type { Problem } from '@/lib/cluster/rules/problem'
import { metadata, withOwner } from '@/lib/manifests/labels'
import { failure, invalid } from '@/server/failure'
import { runtime } from '@/server/runtime'

/** @throws AppError 'invalid' at the fields whose Secret is missing something */
export function assertTyped(node: NodeConfig, before: NodeConfig, typed: TypedSecrets | null | undefined, at: string): void {
  const problems: readonly Problem[] = typedProblems(node, before, typed ?? null, at)
  if (problems.length === 0) return
  throw invalid(Object.fromEntries(problems.toReversed().map(({ path, message }) => [path.join('.'), message])))
}

/**
 * Writes what was typed, as the portal itself: tenants may not write Secrets, since who can could read those of clusters by way
 * of a machine. The person's right to the cluster has been asked before. Nothing is written where nothing was typed.
 * @param owner the Cluster, with which it goes; null while there is none: adoptNodeSecrets follows
 */
export async function keepNodeSecret(place: { tenant: string; cluster: string }, node: NodeConfig, typed: TypedSecrets | null | undefined, owner: { name: string; uid: string } | null): Promise<void> {
  if (!typed || !ownSecrets(node).includes(typed.name)) return
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: metadata(place, typed.name, { labels: { [NODE_SECRET_LABEL]: '' } }), type: 'Opaque', data: encoded(secretData(node, typed)) }
  await runtime().own.apply(owner === null ? secret : withOwner(secret, owner))
}

/**
 * Makes the Secrets of a new cluster its own, so that they go with it.
 * @throws AppError 'conflict' when one is gone: what was typed is kept nowhere else
 */
export async function adoptNodeSecrets(tenant: string, node: NodeConfig, owner: { name: string; uid: string }): Promise<void> {
  const { metadata: { ownerReferences = [] } } = withOwner({ apiVersion: 'v1', kind: 'Secret', metadata: { name: '' } }, owner)
  for (const name of ownSecrets(node)) {
    if (!(await runtime().own.adopt(tenant, name, ownerReferences))) throw failure('conflict', 'The passwords for the machines were lost when the portal stopped; it keeps them nowhere else. Remove what exists and create the cluster again.')
  }
}

/** Takes back what was kept for a cluster that does not come to be. */
export async function dropNodeSecrets(tenant: string, node: NodeConfig): Promise<void> {
  for (const name of ownSecrets(node)) await runtime().own.delete('Secret', tenant, name)
}

/** Not stringData: an apply would own those fields and leave the data to nobody. */
const encoded = (data: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64')]))

/** Names of the Secrets that the portal wrote for it. */
const ownSecrets = (node: NodeConfig): readonly string[] => [...new Set(secretRefs(node).map(({ ref }) => ref.name))].filter((name) => OWN_SECRET.test(name))
