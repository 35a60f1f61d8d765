import 'server-only'

/** A person signed in: the session's row, as it stands now. */
export interface Session {
  readonly id: string
  /** Username claim of the identity provider, without the prefix by which Kubernetes knows it. */
  readonly user: string
  readonly name: string
  readonly email: string
  /** Only groups that TENANTRY_GROUPS lists: impersonating another one would make the API server refuse every request. */
  readonly groups: readonly string[]
  readonly expiresAt: Date
}

/** As whom a request goes to the management cluster. */
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

export const PREFIX = 'oidc:'

/** The person as Kubernetes knows them. The prefix is what keeps `system:masters` and ServiceAccounts out of reach. */
export function identityOf(session: Pick<Session, 'user' | 'groups'>): Identity {
  return { user: PREFIX + session.user, groups: session.groups.map((group) => PREFIX + group) }
}
