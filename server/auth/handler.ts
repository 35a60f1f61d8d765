import 'server-only'
import NextAuth from 'next-auth'
import type { NextRequest } from 'next/server'
import { authOptions } from '@/server/auth/options'

interface Context {
  readonly params: Promise<{ nextauth: string[] }>
}

/** `/api/auth/*`. The options are made at the first request: `next build` loads this module without an environment. */
export const handleAuth = (request: NextRequest, context: Context): Promise<Response> =>
  NextAuth(request as never, context as never, authOptions()) as Promise<Response>
