import { unique } from '@/lib/node-config/no-proxy'
import type { NodeConfig, NodeFile, NodeProxy, NodeUser, SecretRef } from '@/lib/node-config/spec'

/**
 * Trusted authorities, on Debian's and Ubuntu's images and on Red Hat's and Photon's alike. containerd reads them when it starts,
 * hence RESTART.
 */
export const AUTHORITIES_FOLDER = '/usr/local/share/ca-certificates'
export const TRUST_AUTHORITIES = `if command -v update-ca-certificates >/dev/null; then update-ca-certificates; else cp ${AUTHORITIES_FOLDER}/*.crt /etc/pki/ca-trust/source/anchors/ && update-ca-trust; fi`

export const PROXY_ENVIRONMENT = '/etc/http-proxy.env'
const OS_ENVIRONMENT = '/etc/environment'
const NO_PROXY_ENVIRONMENT = '/etc/no-proxy.env'
const DROP_INS = ['containerd', 'kubelet'].map((service) => `/etc/systemd/system/${service}.service.d/http-proxy.conf`)

/**
 * Adds the control plane's address to what is reached without the proxy: the one in kubeadm's own configuration, since nobody
 * knows it when the template is made. An IPv6 address stands in brackets there. Then the system gets all of it: not as a file,
 * because each path may be there once (Cluster API's webhook, KubeadmConfigSpec.validateFiles), and a person's may be this one.
 */
export const ADD_ENDPOINT = `endpoint=$(sed -nE "s/^ *apiServerEndpoint: *[\\"']?\\[?([^]\\"' ]*[^]\\"': ])\\]?:[0-9]+[\\"']? *$/\\1/p" /run/kubeadm/kubeadm-join-config.yaml | head -n 1); if [ -n "$endpoint" ]; then sed -i -E "s#^(NO_PROXY|no_proxy)=#&$endpoint,#" ${NO_PROXY_ENVIRONMENT}; fi; cat ${PROXY_ENVIRONMENT} ${NO_PROXY_ENVIRONMENT} >>${OS_ENVIRONMENT}`
export const RESTART = 'systemctl daemon-reload && systemctl restart containerd'

/** An entry of a KubeadmConfig's `files` or `users`. */
export type Item = Readonly<Record<string, unknown>>

/** Commands that the features need, before the person's own: those may want the network. */
export function generatedCommands({ authorities, proxy }: Pick<NodeConfig, 'authorities' | 'proxy'>): readonly string[] {
  return [...(authorities.length > 0 ? [TRUST_AUTHORITIES] : []), ...(proxy !== null ? [ADD_ENDPOINT] : []), ...(authorities.length > 0 || proxy !== null ? [RESTART] : [])]
}

/** Names for it in both cases: programs read the one or the other. */
export const proxyEnvironment = (url: string): string => ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => `${name}=${url}\n`).join('')

/**
 * The proxy for the system (/etc/environment), containerd and kubelet. The URL is in a file of its own which systemd reads as it
 * is: in a unit each `%` of an encoded password would be a specifier. With a password it comes from the Secret.
 */
export function proxyFiles({ url, credentials, noProxy }: NodeProxy): readonly Item[] {
  const source = credentials === null ? { content: proxyEnvironment(url) } : { contentFrom: { secret: { ...credentials } } }
  const list = unique(noProxy).toSorted().join(',')
  const without = { content: `NO_PROXY=${list}\nno_proxy=${list}\n` }
  const root = { owner: 'root:root' }
  return [
    { path: PROXY_ENVIRONMENT, ...root, permissions: '0600', ...source },
    { path: NO_PROXY_ENVIRONMENT, ...root, permissions: '0644', ...without },
    ...DROP_INS.map((path) => ({ path, ...root, permissions: '0644', content: dropIn(url) })),
  ]
}

/** The first line is where the URL is read back from when its file is a Secret's. */
const dropIn = (url: string): string => `# Proxy: ${url}\n[Service]\nEnvironmentFile=${PROXY_ENVIRONMENT}\nEnvironmentFile=${NO_PROXY_ENVIRONMENT}\n`

/** What proxyFiles made these from, if all of them are there; they are among others. */
export function proxyIn(files: readonly Item[]): NodeProxy | null {
  const at = (path: string | undefined) => files.find((item) => item['path'] === path)
  const url = /^# Proxy: (\S+)\n/.exec(text(at(DROP_INS[0])))?.[1]
  const list = /^NO_PROXY=(.*)\n/.exec(text(at(NO_PROXY_ENVIRONMENT)))?.[1]
  if (url === undefined || list === undefined) return null
  return { url, credentials: secretOf(at(PROXY_ENVIRONMENT) ?? {}), noProxy: list === '' ? [] : list.split(',') }
}

export const authorityFile = ({ name, pem }: NodeConfig['authorities'][number]): Item => ({ path: `${AUTHORITIES_FOLDER}/${name}.crt`, owner: 'root:root', permissions: '0644', content: lineEnded(pem) })

export function authorityIn(item: Item): NodeConfig['authorities'][number] | null {
  const name = /^\/usr\/local\/share\/ca-certificates\/([^/]+)\.crt$/.exec(String(item['path']))?.[1]
  return name === undefined ? null : { name, pem: text(item) }
}

const MIRRORS_FOLDER = '/etc/containerd/certs.d'

/** containerd's hosts.toml. It asks the registry itself when no mirror has an image. */
export const mirrorFile = ({ registry, endpoints }: NodeConfig['mirrors'][number]): Item => ({
  path: `${MIRRORS_FOLDER}/${registry}/hosts.toml`, owner: 'root:root', permissions: '0644',
  content: `server = "https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}"\n${endpoints.map((endpoint) => `\n[host."${endpoint}"]\n  capabilities = ["pull", "resolve"]\n`).join('')}`,
})

export function mirrorIn(item: Item): NodeConfig['mirrors'][number] | null {
  const registry = /^\/etc\/containerd\/certs\.d\/([^/]+)\/hosts\.toml$/.exec(String(item['path']))?.[1]
  return registry === undefined ? null : { registry, endpoints: [...text(item).matchAll(/^\[host\."([^"\n]+)"\]$/gm)].map(([, endpoint]) => endpoint ?? '') }
}

export const plainFile = ({ path, owner, permissions, append, content }: NodeFile): Item => ({
  path,
  ...(owner === '' ? {} : { owner }),
  ...(permissions === '' ? {} : { permissions }),
  ...(append ? { append } : {}),
  ...(content.kind === 'secret' ? { contentFrom: { secret: { ...content.secret } } } : { content: content.text }),
})

export function plainFileIn(item: Item): NodeFile | null {
  const secret = secretOf(item)
  const content = secret !== null ? ({ kind: 'secret', secret } as const) : typeof item['content'] === 'string' ? ({ kind: 'text', text: item['content'] } as const) : null
  return content === null ? null : { path: word(item, 'path'), owner: word(item, 'owner'), permissions: word(item, 'permissions'), append: item['append'] === true, content }
}

export const userItem = ({ name, groups, shell, sudo, sshKeys, lockPassword, password }: NodeUser): Item => ({
  name,
  ...(groups === '' ? {} : { groups }),
  ...(shell === '' ? {} : { shell }),
  ...(sudo === '' ? {} : { sudo }),
  // cloud-init locks a password unless it is told not to.
  ...(lockPassword ? {} : { lockPassword }),
  ...(password === null ? {} : { passwdFrom: { secret: { ...password } } }),
  ...(sshKeys.length === 0 ? {} : { sshAuthorizedKeys: sshKeys.map((key) => key.trim()) }),
})

export function userIn(item: Item): NodeUser | null {
  const keys = item['sshAuthorizedKeys'] ?? []
  if (!Array.isArray(keys)) return null
  return { name: word(item, 'name'), groups: word(item, 'groups'), shell: word(item, 'shell'), sudo: word(item, 'sudo'), sshKeys: keys.map(String), lockPassword: item['lockPassword'] !== false, password: secretOf(item, 'passwdFrom') }
}

const word = (item: Item, field: string): string => (typeof item[field] === 'string' ? item[field] : '')
const text = (item: Item | undefined): string => (typeof item?.['content'] === 'string' ? item['content'] : '')
const lineEnded = (content: string): string => `${content.replaceAll('\r', '').trim()}\n`

function secretOf(item: Item, field = 'contentFrom'): SecretRef | null {
  const secret = (item[field] as { secret?: { name?: unknown; key?: unknown } } | undefined)?.secret
  return typeof secret?.name === 'string' && typeof secret.key === 'string' ? { name: secret.name, key: secret.key } : null
}
