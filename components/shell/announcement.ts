import type { ClusterView } from '@/lib/cluster/view'

export type Words = ReadonlyMap<string, string>

export const wordsOf = (clusters: readonly ClusterView[]): Words => new Map(clusters.map((cluster) => [cluster.name, cluster.state.word]))

/** What is worth saying between two looks: a new word of a cluster, with its sentence; more than three are counted. */
export function announcement(before: Words, clusters: readonly ClusterView[]): string | null {
  const changed = clusters.filter((cluster) => before.has(cluster.name) && before.get(cluster.name) !== cluster.state.word)
  const here = new Set(clusters.map((cluster) => cluster.name))
  const gone = [...before.keys()].filter((name) => !here.has(name)).map((name) => `${name} is gone`)
  const said = [...changed.map(({ name, state }) => `${name}: ${state.word}${state.sentence ? `, ${state.sentence}` : ''}`), ...gone]
  if (said.length === 0) return null
  if (said.length > 3) return `${said.length} clusters changed. ${said.slice(0, 2).join('. ')}.`
  return `${said.join('. ')}.`
}
