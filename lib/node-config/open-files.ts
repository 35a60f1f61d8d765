import { listIn } from '@/lib/kubernetes/dig'
import { canonicalJson } from '@/lib/manifests/hash'
import { authorityFile, type Item, mirrorFile, proxyFiles } from '@/lib/node-config/parts'
import { readNode } from '@/lib/node-config/read'

/** Certificates in PEM and nothing else: a key beside one is a secret. */
const CERTIFICATES = /^(\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*$/

/**
 * Which entries of `files` are text that the portal itself makes, proven by making it again, and that has no place for a secret:
 * authorities, mirrors, and a proxy whose password is not in its URL.
 * @param content of a KubeadmConfig, or `spec.template` of its template
 * @returns indices
 */
export function openFiles(content: unknown): ReadonlySet<number> {
  const { authorities, mirrors, proxy } = readNode(content).config
  const open = [
    ...authorities.filter(({ pem }) => CERTIFICATES.test(pem)).map(authorityFile),
    ...mirrors.filter(({ endpoints }) => endpoints.every(noUser)).map(mirrorFile),
    ...(proxy !== null && noUser(proxy.url) && proxy.noProxy.every(noUser) ? proxyFiles(proxy) : []),
  ].map((item: Item) => canonicalJson(item))
  return new Set(listIn(content, 'spec', 'files').flatMap((item, index) => (open.includes(canonicalJson(item)) ? [index] : [])))
}

/** Before an `@` stands a user, or a token. */
const noUser = (text: string): boolean => !text.includes('@')
