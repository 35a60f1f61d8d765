import 'server-only'
import type { Session } from '@/server/auth/identity'
import { failure } from '@/server/failure'

export interface PersonSettings {
  readonly usernameClaim: string
  readonly groupsClaim: string
  /** Groups that the portal may act with (TENANTRY_GROUPS). */
  readonly groups: readonly string[]
}

/**
 * The claims of an ID token as a person.
 * @throws AppError 'forbidden' for a name that Kubernetes must never see, or an e-mail address that nobody has confirmed
 */
export function personOf(claims: Readonly<Record<string, unknown>>, settings: PersonSettings): Pick<Session, 'user' | 'name' | 'email' | 'groups'> {
  const user = claims[settings.usernameClaim]
  // Cf, Zl, Zp: marks that nobody sees, by which one name is made to read as another in the audit and in bindings.
  const legible = (name: string): boolean => name.trim() !== '' && name === name.trim() && name.length <= 256 && name.isWellFormed() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)
  if (typeof user !== 'string' || !legible(user) || user.startsWith('system:'))
    throw failure('forbidden', `Your identity provider sent no usable ${settings.usernameClaim}.`)
  // An address that someone only claims to have would sign them in as whoever has it. (kube-apiserver judges the same way.)
  // Absent is accepted; some providers send the text "true" or "false".
  if (settings.usernameClaim === 'email' && 'email_verified' in claims && ![true, 'true'].includes(claims['email_verified'] as never))
    throw failure('forbidden', 'Your e-mail address is not confirmed at the identity provider.')
  const sent = claims[settings.groupsClaim]
  const groups = (Array.isArray(sent) ? sent : typeof sent === 'string' ? [sent] : []).filter((group): group is string => typeof group === 'string')
  const text = (claim: string): string => (typeof claims[claim] === 'string' ? (claims[claim] as string) : '')
  return {
    user,
    name: text('name') || user,
    email: text('email') || user,
    // Impersonating one unlisted group makes the API server refuse the whole request: the others are left out here.
    groups: [...new Set(groups)].filter((group) => settings.groups.includes(group)).sort(),
  }
}
