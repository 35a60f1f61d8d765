import 'server-only'
import type { Identity } from '@/server/auth/identity'

/** Whom a change of bindings may concern: in one tenant or anywhere (null), and there these people or all (null). */
export interface Concern {
  readonly tenant: string | null
  readonly concerns: ((identity: Identity) => boolean) | null
}

/** Everybody signed in is in it: the API server adds it to each review. */
const ALL_GROUPS: ReadonlySet<string> = new Set(['Group/system:authenticated', 'Group/system:unauthenticated'])

/** @param people `User/<name>` and `Group/<name>`; null: all */
export function concernOf(tenant: string | null, people: ReadonlySet<string> | null): Concern {
  if (people === null || [...ALL_GROUPS].some((group) => people.has(group))) return { tenant, concerns: null }
  return { tenant, concerns: ({ user, groups }) => people.has(`User/${user}`) || groups.some((group) => people.has(`Group/${group}`)) }
}

const GATHER_MS = 200
/** The API server's own authorizer sees a change a moment after its watchers do. */
const AGAIN_MS = 1_500

/**
 * Gathers changes of bindings, which come in bursts, and has access asked again shortly after and once more: else a "yes" of that
 * moment would be kept for half a minute.
 */
export function gatherConcerns(recheck: (concern: Concern) => void, signal: AbortSignal): (tenant: string | null, people: readonly string[] | null) => void {
  const waiting = new Map<string | null, Set<string> | null>()
  let timer: NodeJS.Timeout | null = null
  const run = (): void => {
    const concerns = [...waiting].map(([tenant, people]) => concernOf(tenant, people))
    waiting.clear()
    timer = null
    for (const delay of [0, AGAIN_MS]) setTimeout(() => !signal.aborted && concerns.forEach(recheck), delay).unref()
  }
  return (tenant, people) => {
    const known = waiting.get(tenant)
    waiting.set(tenant, people === null || known === null ? null : new Set([...(known ?? []), ...people]))
    timer ??= setTimeout(run, GATHER_MS).unref()
  }
}
