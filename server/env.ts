import 'server-only'
import { z } from 'zod'

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((item) => item.trim()).filter(Boolean))

/** Hours, as a number in text. */
const hours = (fallback: number) => z.coerce.number({ error: 'a number of hours, e.g. 8' }).min(0.1, 'at least 0.1 hours').max(24 * 7, 'at most 168 hours').default(fallback)
const needed = (what: string) => z.string({ error: what }).min(1, what)
const url = (what: string) => z.url({ protocol: /^https?$/, error: what })

const schema = z.object({
  NEXTAUTH_URL: url('the address that people open in the browser, e.g. https://tenantry.example.com'),
  NEXTAUTH_SECRET: z
    .string({ error: 'a random text of at least 32 characters: openssl rand -base64 32' })
    .min(32, 'at least 32 random characters: openssl rand -base64 32'),
  OIDC_ISSUER: url('the issuer of your identity provider, e.g. https://login.example.com/realms/main'),
  OIDC_CLIENT_ID: needed('the client id registered for the portal at the identity provider'),
  OIDC_CLIENT_SECRET: needed('the secret of that client'),
  OIDC_USERNAME_CLAIM: z.string().min(1).default('email'),
  OIDC_GROUPS_CLAIM: z.string().min(1).default('groups'),
  OIDC_SCOPE: z.string().regex(/(^| )openid( |$)/, 'scopes separated by spaces, openid among them').default('openid email profile groups'),
  TENANTRY_GROUPS: list.pipe(
    z.array(z.string().regex(/^(?!system:)[^\s\p{Cc},]+$/u, 'names of groups as the identity provider sends them, without prefix, separated by commas')),
  ),
  TENANTRY_KUBECONFIG: z.string().min(1).optional(),
  TENANTRY_DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// address').optional(),
  /** Where CAPV's controller looks for the Secrets of identities (its POD_NAMESPACE). */
  TENANTRY_CAPV_NAMESPACE: z.string().regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, 'the name of a Namespace').default('capv-system'),
  TENANTRY_SESSION_HOURS: hours(8),
  TENANTRY_KUBECONFIG_HOURS: hours(8),
  TENANTRY_METRICS_TOKEN: z.string().min(16, 'at least 16 random characters: openssl rand -base64 24').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { error: 'one of fatal, error, warn, info, debug, trace, silent' }).default('info'),
})

export type Env = z.infer<typeof schema>

/** Reads and checks the environment. @throws Error that names each wrong variable and what to put there; never its value. */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  // An empty variable is how Compose files and Helm charts say "unset".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  const stored = 'TENANTRY_DATA_DIR' in given || 'DATABASE_URL' in given
  if (parsed.success && stored) return parsed.data
  const lines = (parsed.error?.issues ?? []).map((issue) => `  ${String(issue.path[0])}: ${issue.message}`)
  if (!stored) lines.push('  TENANTRY_DATA_DIR: a folder for the embedded database (or set DATABASE_URL to a PostgreSQL)')
  throw new Error(`Tenantry cannot start. Set in its environment:\n${lines.join('\n')}`)
}

let read: Env | undefined

/** The environment, checked at first use. `next build` loads every module and must not need any of it: hence a function. */
export const env = (): Env => (read ??= parseEnv(process.env))
