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
export const currentSession = cache(async (): Promise<Session | null> => {
  const token = (await cookies()).get(sessionCookie())?.value
  if (!token) return null
  const claims = await decode({ token, secret: env().NEXTAUTH_SECRET }).catch(() => null)
  const sid = claims?.['sid']
  return typeof sid === 'string' ? runtime().sessions.find(sid) : null
})
