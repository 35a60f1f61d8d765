import type { NodeConfig } from '@/lib/node-config/spec'
import type { NodeSecrets } from './use-node-secrets'

/** Names of the parts, for the summary of errors; each is a field of the form. */
export const NODE_FIELDS = {
  'proxy.url': 'Proxy',
  'proxy.credentials': 'Proxy sign-in',
  'proxy.noProxy': 'Reached without the proxy',
  users: 'Users',
  files: 'Files',
  preCommands: 'Commands before joining',
  postCommands: 'Commands after joining',
  ntpServers: 'Time servers',
  kubeletArgs: 'Kubelet arguments',
  authorities: 'Trusted authorities',
  mirrors: 'Registry mirrors',
} as const
export type NodePart = keyof typeof NODE_FIELDS

/** With the form's own prefix: `node.users`, `pool.node.users`. */
export const nodeFieldsAt = (prefix: string): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(NODE_FIELDS).map(([part, words]) => [`${prefix}.${part}`, words]))

/** Node settings within a form, whichever form it is. */
export interface NodeForm {
  readonly node: NodeConfig
  readonly set: (next: NodeConfig) => void
  readonly touch: (part: NodePart) => void
  readonly error: (part: NodePart) => string | undefined
  /** Where a link of the summary of errors leads. */
  readonly fieldId: (part: NodePart) => string
  /** What the cluster itself says has to be reached without the proxy. */
  readonly computed: readonly string[]
  /** Whether `noProxy` holds all entries, or only the person's own beside the computed ones. */
  readonly holdsAll: boolean
  readonly secrets: NodeSecrets
}

/** "Proxy, 1 user, 2 files", or that there is nothing. */
export function nodeSummary({ proxy, users, files, preCommands, postCommands, ntpServers, kubeletArgs, authorities, mirrors }: NodeConfig): string {
  const count = (number: number, one: string, many = `${one}s`) => (number === 0 ? [] : [`${number} ${number === 1 ? one : many}`])
  const parts = [
    ...(proxy === null ? [] : ['proxy']), ...count(users.length, 'user'), ...count(files.length, 'file'), ...count(preCommands.length + postCommands.length, 'command'),
    ...count(ntpServers.length, 'time server'), ...count(kubeletArgs.length, 'kubelet argument'), ...count(authorities.length, 'authority', 'authorities'), ...count(mirrors.length, 'mirror'),
  ].join(', ')
  return parts === '' ? 'No proxy, no users, no extra commands' : parts.charAt(0).toUpperCase() + parts.slice(1)
}
