import 'server-only'
import NextAuth from 'next-auth'
import type { NextRequest } from 'next/server'
import { authOptions } from '@/server/auth/options'

/** A token against forgery and a path to return to. */
const MAX_BODY = 16 * 1024

interface Context {
  readonly params: Promise<{ nextauth: string[] }>
}

/** `/api/auth/*`. The options are made at the first request: `next build` loads this module without an environment. */
export const handleAuth = async (request: NextRequest, context: Context): Promise<Response> => {
  // Anyone may send this without a session, and next-auth reads a body of any size into memory.
  if (request.method === 'POST' && !(Number(request.headers.get('content-length') ?? Number.NaN) <= MAX_BODY)) return new Response('Too large.\n', { status: 413 })
  return NextAuth(request as never, context as never, authOptions()) as Promise<Response>
}
