import { z } from 'zod'
import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { proxyEnvironment } from '@/lib/node-config/parts'
import { MAX_TOTAL } from '@/lib/node-config/limits'
import { OWN_SECRET, secretRefs } from '@/lib/node-config/rules/secrets'
import type { NodeConfig, SecretRef } from '@/lib/node-config/spec'
import { cleanLine } from '@/lib/text'

/** Key of the proxy's part of a Secret. */
export const PROXY_KEY = 'proxy'

/**
 * What a person typed that nobody may read again. It travels beside the spec, never in it: the spec is kept in the browser's tab,
 * in the database and in the answer to whoever opens the pool's page.
 */
export const typedSecrets = z.object({
  name: z.string().regex(OWN_SECRET),
  proxy: z.object({ user: z.string().max(512), password: z.string().max(1024) }).nullable(),
  /** By key. */
  values: z.record(z.string().regex(/^[a-z0-9-]{1,63}$/), z.string()),
})
export type TypedSecrets = z.infer<typeof typedSecrets>

/** Content of the Secret. Called once the problems below are none. */
export function secretData({ proxy }: NodeConfig, typed: TypedSecrets): Readonly<Record<string, string>> {
  const url = proxy === null || typed.proxy === null ? null : signedIn(proxy.url, typed.proxy)
  return { ...typed.values, ...(url === null ? {} : { [PROXY_KEY]: proxyEnvironment(url) }) }
}

/** Built by hand: a URL object would add a slash, and leave some signs of a password as they are. */
const signedIn = (url: string, { user, password }: { user: string; password: string }): string =>
  url.replace('://', `://${strict(user)}${password === '' ? '' : `:${strict(password)}`}@`)

/** Also what encodeURIComponent leaves: a shell or systemd could read it. */
const strict = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const same = (a: SecretRef, b: SecretRef): boolean => a.name === b.name && a.key === b.key

/** As crypt(5) writes it. */
const HASHED = /^\$(?:y|gy|7|2[abxy]?|6|5|1)\$[./A-Za-z0-9$=,]{8,250}$/

/**
 * What is wrong between a configuration and what was typed beside it.
 * @param before the pool's as it is: what its Secrets hold already need not be typed again
 */
export function typedProblems(config: NodeConfig, before: NodeConfig, typed: TypedSecrets | null, at = 'node'): Problem[] {
  const held = secretRefs(before).map(({ ref }) => ref)
  const isTyped = ({ name, key }: SecretRef) => typed?.name === name && (key === PROXY_KEY ? typed.proxy !== null && typed.proxy.user !== '' : (typed.values[key] ?? '') !== '')
  const found = secretRefs(config).flatMap(({ at: place, ref }) => {
    if (!OWN_SECRET.test(ref.name) || isTyped(ref) || (ref.name !== typed?.name && held.some((one) => same(one, ref)))) return []
    return [problem(`${at}.${place}`, place === 'proxy.credentials' ? 'Type the proxy’s user name and password. They are not kept in this page.' : 'Type what the Secret is to hold. It is not kept in this page.')]
  })
  const { proxy, users } = config
  if (proxy?.credentials && found.length === 0 && !isTyped(proxy.credentials) && before.proxy?.url !== proxy.url) found.push(problem(`${at}.proxy.credentials`, 'User name and password are kept together with the URL. Type them again for the new one.'))
  users.forEach(({ name, password }, index) => {
    const text = password !== null && typed?.name === password.name ? typed.values[password.key] : undefined
    if (text !== undefined && text !== '' && !HASHED.test(text)) found.push(problem(`${at}.users.${index}.password`, `${cleanLine(name, 40)}: this is not a hashed password, as mkpasswd prints it: $6$… or $y$….`))
  })
  if (typed !== null && new TextEncoder().encode(JSON.stringify(typed.values)).length > MAX_TOTAL) found.push(problem(`${at}.files`, `What goes into the Secret has more than ${MAX_TOTAL / 1024} KiB.`))
  return found
}
