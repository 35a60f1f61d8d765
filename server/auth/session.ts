import 'server-only'
import { cookies } from 'next/headers'
import { decode } from 'next-auth/jwt'
import { cache } from 'react'
import type { Session } from '@/server/auth/identity'
import { sessionCookie } from '@/server/auth/cookie'
import { env } from '@/server/env'
import { runtime } from '@/server/runtime'

/**
 * The person of this request, or null. The cookie only says which row; the row says whether the session still stands.
 * Asked once a request, however many components ask.
 */
export const currentSession = cache(async (): Promise<Session | null> => sessionOf((await cookies()).get(sessionCookie())?.value))

/** As `currentSession`, for a request that Next does not see. @param header its Cookie header */
export function sessionOfCookies(header: string | undefined): Promise<Session | null> {
  const start = `${sessionCookie()}=`
  return sessionOf((header ?? '').split(';').map((pair) => pair.trim()).find((pair) => pair.startsWith(start))?.slice(start.length))
}

async function sessionOf(token: string | undefined): Promise<Session | null> {
  if (!token) return null
  const claims = await decode({ token, secret: env().NEXTAUTH_SECRET }).catch(() => null)
  const sid = claims?.['sid']
  return typeof sid === 'string' ? runtime().sessions.find(sid) : null
}
