import { dig } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { openFiles } from '@/lib/node-config/open-files'

/** Stands where a value was that may be a credential. */
export const LEFT_OUT = '(left out)'

export interface Readable {
  readonly object: KubeObject
  /** Paths of what was left out: `spec.files[0].content`. */
  readonly leftOut: readonly string[]
}

/**
 * Where a KubeadmConfig or its template may hold a credential in the clear: content of files, hashed passwords, tokens by which
 * a machine joins, keys of certificates, a kubeconfig's user (cluster-api api/bootstrap/kubeadm/v1beta2/kubeadm_types.go,
 * kubeadmconfig_types.go). By the name of the field wherever it stands, so that both contracts are covered.
 */
const BOOTSTRAP: ReadonlySet<string> = new Set(['content', 'passwd', 'password', 'token', 'tlsBootstrapToken', 'certificateKey', 'additionalConfig'])
/** `https://user:password@proxy`; the bounds keep hostile text cheap. */
const URL_PASSWORD = /(:\/\/[^\s/:@]{0,256}):[^\s/@]{1,1024}@/g

/**
 * The object without what may be a credential: the one rule for what is shown, compared and exported. Commands stay as they are:
 * nothing tells which of their words is one. Files stay that are the portal's own and have no place for one.
 */
export function withoutCredentials(object: KubeObject): Readable {
  const leftOut: string[] = []
  const bootstrap = object.kind.startsWith('KubeadmConfig')
  const template = dig(object, 'spec', 'template')
  const root = template === undefined ? 'spec' : 'spec.template.spec'
  const open = bootstrap ? new Set([...openFiles(template ?? object)].map((index) => `${root}.files[${index}].content`)) : new Set<string>()
  const secret = (path: readonly (string | number)[], value: unknown): boolean => {
    const [parent, key] = [path.at(-2), path.at(-1)]
    if (bootstrap && key === 'user' && parent === 'kubeConfig') return true
    if (typeof value !== 'string' || value === '' || typeof key !== 'string') return false
    return (bootstrap && BOOTSTRAP.has(key) && !open.has(pathText(path))) || (parent === 'customVMXKeys' && key.startsWith('guestinfo.'))
  }
  const walk = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (secret(path, value)) {
      leftOut.push(pathText(path))
      return LEFT_OUT
    }
    if (typeof value === 'string') {
      const text = value.replace(URL_PASSWORD, `$1:${LEFT_OUT}@`)
      if (text !== value) leftOut.push(pathText(path))
      return text
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, walk(field, [...path, key])]))
  }
  return { object: walk(object, []) as KubeObject, leftOut }
}

const pathText = (path: readonly (string | number)[]): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('')
