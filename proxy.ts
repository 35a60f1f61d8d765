import { NextResponse, type NextRequest } from 'next/server'

/**
 * Headers of every page: a CSP with a nonce of this response. This is no boundary: sessions and rights are checked where
 * they are used (server/action.ts, server/tenants/open.ts), since a proxy can be walked around (CVE-2025-29927).
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64')
  const policy = policyOf(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  // Next reads the nonce for its own scripts from the request's policy.
  headers.set('Content-Security-Policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('Content-Security-Policy', policy)
  response.headers.set('X-Content-Type-Options', 'nosniff')
  response.headers.set('X-Frame-Options', 'DENY')
  response.headers.set('Referrer-Policy', 'same-origin')
  response.headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  response.headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  if (process.env['NEXTAUTH_URL']?.startsWith('https://')) response.headers.set('Strict-Transport-Security', 'max-age=31536000')
  return response
}

function policyOf(nonce: string): string {
  const development = process.env.NODE_ENV === 'development'
  return [
    "default-src 'self'",
    // strict-dynamic: only what a script with the nonce loads. React's development build needs eval for its stacks.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // Positioning of menus and charts sets style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    `form-action ${formTargets()}`,
    "frame-ancestors 'none'",
    "frame-src 'none'",
  ].join('; ')
}

/** Sign-in is a form that is answered with a redirect to the identity provider; browsers hold form-action against that too. */
function formTargets(): string {
  const issuer = process.env['OIDC_ISSUER']
  return issuer && URL.canParse(issuer) ? `'self' ${new URL(issuer).origin}` : "'self'"
}

export const config = {
  // Static files carry no markup; the stream must not pass through anything that could buffer it.
  // Whole names: without their ends, `/favicon.icon` would be a page without a policy.
  matcher: [{ source: '/((?!_next/static/|_next/image$|favicon\\.ico$|(?:healthz|readyz|metrics)$|api/t/[^/]+/stream$).*)' }],
}
