import 'server-only'
import { env } from '@/server/env'

export const secureCookies = (): boolean => env().NEXTAUTH_URL.startsWith('https://')

/** Name of the session cookie. `__Host-` binds it to this host and to https. */
export const sessionCookie = (): string => (secureCookies() ? '__Host-tenantry.session' : 'tenantry.session')
