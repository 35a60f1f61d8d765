import { type Problem, problem } from '@/lib/cluster/rules/problem'
import type { NodeConfig, SecretRef } from '@/lib/node-config/spec'
import { cleanLine } from '@/lib/text'

/**
 * Secrets for machines have names of their own, with a dot: no name that Cluster API, Kamaji or the portal makes of a cluster's
 * has one. Whoever sets up a machine reads what is in its files, so a file from any other Secret of the Namespace could be a
 * cluster's own credentials.
 */
export const NODE_SECRET_PREFIX = 'node.'
/** Those that the portal writes. The rest of the name is random: from a hash of a password it could be guessed. */
export const OWN_SECRET = /^node\.tenantry-[a-z0-9]{10,20}$/

/** On a Secret that holds what people typed for machines. */
export const NODE_SECRET_LABEL = 'tenantry.dev/node-secret'

/** Every place of a configuration that refers to a Secret. */
export function secretRefs({ users, files, proxy }: NodeConfig): readonly { readonly at: string; readonly ref: SecretRef }[] {
  return [
    ...users.flatMap(({ password }, index) => (password === null ? [] : [{ at: `users.${index}.password`, ref: password }])),
    ...files.flatMap(({ content }, index) => (content.kind === 'text' ? [] : [{ at: `files.${index}.content`, ref: content.secret }])),
    ...(proxy?.credentials ? [{ at: 'proxy.credentials', ref: proxy.credentials }] : []),
  ]
}

export function secretProblems(config: NodeConfig, at: string): Problem[] {
  return secretRefs(config).flatMap(({ at: place, ref }) => {
    const path = `${at}.${place}`
    if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(ref.name)) return [problem(path, ref.name === '' ? 'Give the Secret’s name.' : `“${cleanLine(ref.name, 60)}” is not a Secret’s name.`)]
    if (!ref.name.startsWith(NODE_SECRET_PREFIX)) return [problem(path, `The Secret ${cleanLine(ref.name, 60)} is not for machines: their Secrets have names that begin with ${NODE_SECRET_PREFIX}, so that no cluster’s own credentials end up in a file.`)]
    return /^[-._a-zA-Z0-9]{1,253}$/.test(ref.key) ? [] : [problem(path, ref.key === '' ? `Say which key of ${ref.name}.` : `“${cleanLine(ref.key, 60)}” is not a key of a Secret.`)]
  })
}
