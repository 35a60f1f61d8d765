import { dig, listIn, withAt } from '@/lib/kubernetes/dig'
import { canonicalJson } from '@/lib/manifests/hash'
import { authorityFile, generatedCommands, type Item, mirrorFile, plainFile, proxyFiles, userItem } from '@/lib/node-config/parts'
import type { NodeConfig } from '@/lib/node-config/spec'
import { STANDARD_BOOTSTRAP } from '@/lib/node-config/standard'

export type Patch = readonly [path: readonly (string | number)[], value: unknown]

/** In which order they are listed means nothing, so it is always the same one. */
const byText = (items: readonly Item[]): readonly Item[] => items.toSorted((a, b) => (canonicalJson([a['path'] ?? a['name'], a]) < canonicalJson([b['path'] ?? b['name'], b]) ? -1 : 1))

export const fileItems = ({ files, authorities, mirrors, proxy }: NodeConfig): readonly Item[] =>
  [...(proxy === null ? [] : proxyFiles(proxy)), ...byText(authorities.map(authorityFile)), ...byText(mirrors.map(mirrorFile)), ...byText(files.map(plainFile))]

export const userItems = ({ users }: NodeConfig): readonly Item[] => byText(users.map(userItem))

/** Whether the three commands come first with which the portal starts every machine. */
export const standardCommands = (commands: readonly unknown[]): readonly string[] =>
  canonicalJson(commands.slice(0, STANDARD_BOOTSTRAP.preKubeadmCommands.length)) === canonicalJson(STANDARD_BOOTSTRAP.preKubeadmCommands) ? STANDARD_BOOTSTRAP.preKubeadmCommands : []

const preCommands = (config: NodeConfig): readonly string[] => [...generatedCommands(config), ...config.preCommands]

/**
 * What it takes to make one node configuration of a KubeadmConfigTemplate's content (`spec.template`) another one. Lists are
 * patched item by item: what the model has no place for stays where it is.
 * @param version of the content: kubelet arguments are a list in v1beta2 and a map in v1beta1
 */
export function nodePatches(content: unknown, before: NodeConfig, after: NodeConfig, version: string): readonly Patch[] {
  const patches: Patch[] = []
  const put = (path: readonly string[], value: unknown) => patches.push([['spec', ...path], value])
  const items = (path: string, old: readonly unknown[], now: readonly unknown[]) => {
    if (canonicalJson(old) === canonicalJson(now)) return
    put([path], filled([...without(listIn(content, 'spec', path), old), ...now]))
  }
  items('files', fileItems(before), fileItems(after))
  items('users', userItems(before), userItems(after))
  if (canonicalJson(preCommands(before)) !== canonicalJson(preCommands(after))) {
    put(['preKubeadmCommands'], filled([...standardCommands(listIn(content, 'spec', 'preKubeadmCommands')), ...preCommands(after)]))
  }
  if (canonicalJson(before.postCommands) !== canonicalJson(after.postCommands)) put(['postKubeadmCommands'], filled(after.postCommands))
  if (canonicalJson(before.ntpServers) !== canonicalJson(after.ntpServers)) put(['ntp'], after.ntpServers.length === 0 ? undefined : { enabled: true, servers: after.ntpServers })
  if (canonicalJson(sortedArgs(before)) !== canonicalJson(sortedArgs(after))) {
    const path = ['joinConfiguration', 'nodeRegistration', 'kubeletExtraArgs']
    const kept = argsIn(dig(content, 'spec', ...path)).filter(({ name, value }) => !before.kubeletArgs.some((arg) => arg.name === name && arg.value === value))
    const args = [...kept, ...sortedArgs(after)]
    put(path, args.length === 0 ? undefined : version === 'v1beta1' ? Object.fromEntries(args.map(({ name, value }) => [name, value])) : args)
  }
  return patches
}

/** The content of a template that the portal made, set up so. */
export const withNodeConfig = <T>(content: T, before: NodeConfig, after: NodeConfig, version = 'v1beta2'): T =>
  nodePatches(content, before, after, version).reduce((patched, [path, value]) => withAt(patched, path, value), content)

const sortedArgs = ({ kubeletArgs }: NodeConfig): NodeConfig['kubeletArgs'] => kubeletArgs.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** Kubelet arguments of either contract. */
export function argsIn(value: unknown): NodeConfig['kubeletArgs'] {
  if (Array.isArray(value)) return value.map((arg) => ({ name: String(dig(arg, 'name') ?? ''), value: String(dig(arg, 'value') ?? '') }))
  return Object.entries((value ?? {}) as object).map(([name, text]) => ({ name, value: String(text) }))
}

/** Each item is taken out once, as often as it is among those to take out. */
export function without(all: readonly unknown[], gone: readonly unknown[]): readonly unknown[] {
  const left = gone.map((item) => canonicalJson(item))
  return all.filter((item) => {
    const at = left.indexOf(canonicalJson(item))
    if (at !== -1) left.splice(at, 1)
    return at === -1
  })
}

/** An empty list is refused by v1beta2. */
const filled = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list)
