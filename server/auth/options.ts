import 'server-only'
import { randomUUID } from 'node:crypto'
import type { NextAuthOptions } from 'next-auth'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import { isAppError } from '@/lib/errors'
import { secureCookies, sessionCookie } from '@/server/auth/cookie'
import { personOf } from '@/server/auth/person'
import { auditEvent } from '@/server/db/audit'
import { env } from '@/server/env'
import { log } from '@/server/log'
import { runtime } from '@/server/runtime'

type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

/**
 * next-auth, told what to do. The JWT in the cookie carries the id of a session row and nothing else: no IdP token, no
 * groups. IdP tokens are not kept, so nothing has to be refreshed and nothing can leak.
 */
export function authOptions(): NextAuthOptions {
  const settings = env()
  return {
    secret: settings.NEXTAUTH_SECRET,
    providers: [provider()],
    session: { strategy: 'jwt', maxAge: Math.ceil(settings.TENANTRY_SESSION_HOURS * 3600) },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    useSecureCookies: secureCookies(),
    cookies: {
      sessionToken: { name: sessionCookie(), options: { httpOnly: true, sameSite: 'lax', path: '/', secure: secureCookies() } },
    },
    callbacks: {
      signIn: ({ profile }) => mayBegin(profile as Claims | undefined),
      jwt: async ({ token, profile, account }) => {
        if (account && profile) return { sid: await beginSession(profile as unknown as Claims) }
        return typeof token['sid'] === 'string' ? { sid: token['sid'] } : {}
      },
      session: async ({ session, token }) => {
        const row = typeof token['sid'] === 'string' ? await runtime().sessions.find(token['sid']) : null
        return row ? { user: { name: row.name, email: row.email }, expires: row.expiresAt.toISOString() } : { expires: session.expires }
      },
    },
    events: {
      signOut: async ({ token }) => {
        const sid = token?.['sid']
        if (typeof sid !== 'string') return
        const session = await runtime().sessions.find(sid)
        await runtime().sessions.revoke(sid)
        if (session) await audit(session.user, 'sign-out', true, 'ok')
      },
    },
    logger: {
      error: (code, metadata) => log.error({ event: 'auth', code, reason: reasonOf(metadata) }, 'sign-in failed'),
      warn: (code) => log.warn({ event: 'auth', code }, 'auth'),
      debug: () => undefined,
    },
  }
}

function provider(): OAuthConfig<Claims> {
  const settings = env()
  return {
    id: 'oidc',
    name: 'Single sign-on',
    type: 'oauth',
    wellKnown: `${settings.OIDC_ISSUER.replace(/\/$/, '')}/.well-known/openid-configuration`,
    clientId: settings.OIDC_CLIENT_ID,
    clientSecret: settings.OIDC_CLIENT_SECRET,
    authorization: { params: { scope: settings.OIDC_SCOPE } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    profile: (claims) => ({ id: claims.sub }),
  }
}

const settingsOf = () => ({ usernameClaim: env().OIDC_USERNAME_CLAIM, groupsClaim: env().OIDC_GROUPS_CLAIM, groups: env().TENANTRY_GROUPS })

async function mayBegin(claims: Claims | undefined): Promise<boolean> {
  try {
    personOf(claims ?? { sub: '' }, settingsOf())
    return true
  } catch (error) {
    if (!isAppError(error)) throw error
    await audit(claims?.sub ?? 'unknown', 'sign-in', false, error.view.code)
    return false
  }
}

async function beginSession(claims: Claims): Promise<string> {
  const person = personOf(claims, settingsOf())
  const id = randomUUID()
  const expiresAt = new Date(Date.now() + env().TENANTRY_SESSION_HOURS * 3_600_000)
  await runtime().sessions.create({ id, ...person, expiresAt })
  await audit(person.user, 'sign-in', true, 'ok')
  return id
}

const audit = (who: string, action: string, allowed: boolean, code: string): Promise<void> =>
  auditEvent(runtime().db, { who, tenant: null, action, object: 'Session' }, allowed, code)

/** next-auth hands over whole responses and clients; only the sentence is logged. */
function reasonOf(metadata: unknown): string {
  const error = metadata instanceof Error ? metadata : (metadata as { error?: unknown } | undefined)?.error
  return error instanceof Error ? error.message.slice(0, 300) : ''
}
