import { canonicalJson, contentHash } from '@/lib/manifests/hash'
import { authorityFile, plainFile, userItem } from '@/lib/node-config/parts'
import type { NodeConfig, NodeFile, NodeUser } from '@/lib/node-config/spec'
import { unique } from '@/lib/node-config/no-proxy'
import { cleanLine, plural } from '@/lib/text'

/** A row of a node configuration as a change tells it: never a file's text, which may be long, nor what a Secret holds. */
export interface NodeField {
  readonly path: string
  readonly words: string
  readonly value: string
  /** What is compared. */
  readonly exact: string
}

export function nodeFields({ users, files, preCommands, postCommands, ntpServers, kubeletArgs, authorities, mirrors, proxy }: NodeConfig): readonly NodeField[] {
  const row = (path: string, words: string, value: string, exact: unknown = value): NodeField => ({ path: `node.${path}`, words, value, exact: canonicalJson(exact) })
  const list = (path: string, words: string, items: readonly string[], value: string) => (items.length === 0 ? [] : [row(path, words, value, items)])
  return [
    ...users.map((user) => row(`users.${user.name}`, `User ${cleanLine(user.name, 40)}`, userWords(user), userItem(user))),
    ...files.map((file) => row(`files.${file.path}`, `File ${cleanLine(file.path, 80)}`, fileWords(file), plainFile(file))),
    ...list('preCommands', 'Commands before joining', preCommands, commandWords(preCommands)),
    ...list('postCommands', 'Commands after joining', postCommands, commandWords(postCommands)),
    ...list('ntpServers', 'Time servers', ntpServers, ntpServers.join(', ')),
    ...kubeletArgs.map(({ name, value }) => row(`kubeletArgs.${name}`, `Kubelet argument ${cleanLine(name, 60)}`, value === '' ? '(empty)' : value)),
    ...authorities.map((authority) => row(`authorities.${authority.name}`, `Authority ${cleanLine(authority.name, 60)}`, `checksum ${sum(authority.pem)}`, authorityFile(authority))),
    ...mirrors.map(({ registry, endpoints }) => row(`mirrors.${registry}`, `Mirror of ${cleanLine(registry, 60)}`, endpoints.join(', '), endpoints)),
    ...(proxy === null ? [] : [
      row('proxy.url', 'Proxy', `${proxy.url}${proxy.credentials === null ? '' : `, signs in with Secret ${proxy.credentials.name}`}`),
      row('proxy.noProxy', 'Reached without the proxy', unique(proxy.noProxy).toSorted().join(', ')),
    ]),
  ]
}

const sum = (text: string): string => contentHash(text.trim()).slice(0, 6)

const userWords = ({ sshKeys, sudo, password, shell, lockPassword }: NodeUser): string =>
  [plural(sshKeys.length, 'SSH key'), sudo === '' ? '' : 'sudo', password === null ? '' : `password of Secret ${password.name}`, lockPassword ? '' : 'password sign-in', shell].filter((word) => word !== '').join(', ')

const fileWords = ({ content, append, permissions, owner }: NodeFile): string =>
  [content.kind === 'secret' ? `from Secret ${content.secret.name}` : `${plural(content.text.replace(/\n$/, '').split('\n').length, 'line')}, checksum ${sum(content.text)}`, append ? 'appended' : '', owner, permissions].filter((word) => word !== '').join(', ')

const commandWords = (commands: readonly string[]): string => `${plural(commands.length, 'command')}: ${cleanLine(commands.join('; '), 160)}`
