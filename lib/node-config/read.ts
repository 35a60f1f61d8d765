import { dig, listIn } from '@/lib/kubernetes/dig'
import { canonicalJson } from '@/lib/manifests/hash'
import { ADD_ENDPOINT, authorityFile, authorityIn, generatedCommands, type Item, mirrorFile, mirrorIn, plainFile, plainFileIn, proxyFiles, proxyIn, RESTART, TRUST_AUTHORITIES, userIn, userItem } from '@/lib/node-config/parts'
import { argsIn, standardCommands, without } from '@/lib/node-config/render'
import type { NodeConfig } from '@/lib/node-config/spec'
import { STANDARD_BOOTSTRAP } from '@/lib/node-config/standard'

export interface ReadNode {
  readonly config: NodeConfig
  /** Paths in `spec.template.spec` of what the model has no place for: `files.2`. */
  readonly unknown: readonly string[]
}

/**
 * The node configuration of a KubeadmConfigTemplate's content (`spec.template`), in either contract, whoever made it. A feature
 * (authorities, mirrors, proxy) is recognised where the portal would write exactly what is there; else its parts are shown as
 * the files and commands that they are.
 */
export function readNode(content: unknown): ReadNode {
  const all = listIn(content, 'spec', 'files') as readonly Item[]
  const commands = listIn(content, 'spec', 'preKubeadmCommands').map(String)
  const rest = commands.slice(standardCommands(commands).length)
  const { features, taken } = featuresIn(all, rest)

  const others = without(all, taken) as readonly Item[]
  const mirrors = others.flatMap((item) => same(mirrorIn(item), mirrorFile, item))
  const plain = without(others, mirrors.map(mirrorFile)) as readonly Item[]
  const files = plain.flatMap((item) => same(plainFileIn(item), plainFile, item))
  const people = listIn(content, 'spec', 'users') as readonly Item[]
  const users = people.flatMap((item) => same(userIn(item), userItem, item))
  const config: NodeConfig = {
    users,
    files,
    ...features,
    mirrors,
    preCommands: rest.slice(generatedCommands(features).length),
    postCommands: listIn(content, 'spec', 'postKubeadmCommands').map(String),
    ntpServers: listIn(content, 'spec', 'ntp', 'servers').map(String),
    kubeletArgs: [...argsIn(dig(content, 'spec', 'joinConfiguration', 'nodeRegistration', 'kubeletExtraArgs'))].filter(
      ({ name, value }) => !STANDARD_BOOTSTRAP.kubeletExtraArgs.some((standard) => standard.name === name && standard.value === value),
    ),
  }
  const odd = (path: string, items: readonly Item[], known: readonly Item[]) => without(items, known).map((item) => `${path}.${items.indexOf(item as Item)}`)
  return { config, unknown: [...odd('files', plain, files.map(plainFile)).map((path) => shifted(path, plain, all)), ...odd('users', people, users.map(userItem))] }
}

/** The index among all files. */
const shifted = (path: string, plain: readonly Item[], all: readonly Item[]): string => `files.${all.indexOf(plain[Number(path.split('.')[1])] as Item)}`

/** Only what would be written back the same: nothing may be lost by a change. */
const same = <T>(read: T | null, write: (value: T) => Item, item: Item): readonly T[] => (read !== null && canonicalJson(write(read)) === canonicalJson(item) ? [read] : [])

/** Authorities and proxy: their files and their commands, or neither. */
function featuresIn(files: readonly Item[], commands: readonly string[]): { features: Pick<NodeConfig, 'authorities' | 'proxy'>; taken: readonly Item[] } {
  let at = 0
  const next = (command: string): boolean => commands[at] === command && (at += 1) > 0
  const trusts = next(TRUST_AUTHORITIES)
  const proxied = next(ADD_ENDPOINT)
  const restarts = next(RESTART)
  const authorities = trusts && restarts ? files.flatMap((item) => same(authorityIn(item), authorityFile, item)) : []
  const found = proxied && restarts ? proxyIn(files) : null
  const proxy = found !== null && without(proxyFiles(found), files).length === 0 ? found : null
  const features = { authorities, proxy }
  // Commands without the files that they are for, or the other way round: somebody else's.
  if (canonicalJson(generatedCommands(features)) !== canonicalJson(commands.slice(0, at))) return { features: { authorities: [], proxy: null }, taken: [] }
  return { features, taken: [...authorities.map(authorityFile), ...(proxy === null ? [] : proxyFiles(proxy))] }
}
