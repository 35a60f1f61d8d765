/** The lab's OpenID provider: a certified implementation with the lab's accounts, so that the portal signs in as in production. */
import { generateKeyPairSync, randomBytes, timingSafeEqual, createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import Provider, { type OidcContext } from 'oidc-provider'
import type { LabPart } from './part'
import type { LabAccount } from './contract'
import { IdentityStore } from './identity-store'
import { escape, pageOf, sendLoginPage, sendPage } from './login-page'
import { openLog } from './log'
import { writePrivate } from './pki'
import { logFileOf } from './process'

export interface IdentityProviderOptions {
  readonly clientId: string
  readonly clientSecret: string
  readonly port: number
  readonly accounts: readonly LabAccount[]
  readonly portalUrl: string
  readonly stateDir: string
}

interface Keys {
  readonly jwks: { readonly keys: readonly object[] }
  readonly cookies: readonly string[]
}

const callbackPath = '/api/auth/callback/oidc'
const hour = 3600
const maxFormBytes = 10_000

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<LabPart & { readonly issuer: string }> {
  const { port, stateDir } = options
  const logDir = join(stateDir, 'logs')
  const log = openLog(logDir, 'identity-provider')
  const dir = join(stateDir, 'identity-provider')
  const store = new IdentityStore(join(dir, 'store.json'))
  // 127.0.0.1, not localhost: cookies know no ports, and the portal's are on localhost.
  const issuer = `http://127.0.0.1:${port}`
  const provider = createProvider(issuer, options, await openKeys(join(dir, 'keys.json')), store)
  for (const event of ['server_error', 'authorization.error', 'grant.error', 'end_session.error']) {
    provider.on(event, (_: unknown, error: Error & { error_description?: string }) => log(`${event}: ${error.message}${error.error_description ? `: ${error.error_description}` : ''}`))
  }
  const pages = provider.callback()
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith('/interaction/')) return void pages(request, response)
    interact(provider, options.accounts, request, response, log).catch((error: Error) => {
      log(`${request.url ?? ''}: ${error.message}`)
      if (!response.headersSent) sendPage(response, 400, 'Sign-in expired', '<h1>This sign-in has expired</h1><p>Go back to the portal and sign in again.</p>')
    })
  }

  let server: Server | undefined
  const listen = async () => {
    if (server !== undefined) return
    const next = createServer(handle)
    await new Promise<void>((resolve, reject) => next.once('error', reject).listen(port, '127.0.0.1', resolve))
    server = next
  }
  const close = async () => {
    const closing = server
    server = undefined
    if (closing === undefined) return
    await new Promise<void>((resolve) => {
      closing.close(() => resolve())
      closing.closeAllConnections()
    })
    store.flush()
  }
  await listen()
  return {
    name: 'identity-provider',
    issuer,
    owns: (name) => name === 'identity-provider',
    status: async () => [
      {
        name: 'identity-provider',
        health: server === undefined ? 'down' : 'ready',
        version: 'oidc-provider 9',
        pid: null,
        restarts: 0,
        logFile: logFileOf(logDir, 'identity-provider'),
      },
    ],
    kill: close,
    revive: listen,
    stop: close,
  }
}

function createProvider(issuer: string, options: IdentityProviderOptions, keys: Keys, store: IdentityStore): Provider {
  const provider = new Provider(issuer, {
    adapter: (kind: string) => store.adapterFor(kind),
    jwks: keys.jwks,
    cookies: { keys: keys.cookies },
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        client_name: 'Tenantry',
        redirect_uris: [new URL(callbackPath, options.portalUrl).href],
        post_logout_redirect_uris: [new URL('/sign-in', options.portalUrl).href],
      },
    ],
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    // The portal reads the id_token alone: claims of scopes belong into it.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context: OidcContext, form: string) => {
          // Whoever comes here pressed Sign out in the portal already: no second question.
          const confirm = '<button class="primary" type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>'
          send(context, 'Signing out', `<h1>Signing out</h1>${form}${confirm}`, `document.querySelector('button').click()`)
        },
        postLogoutSuccessSource: (context: OidcContext) => send(context, 'Signed out', '<h1>You are signed out</h1>'),
      },
    },
    renderError: (context: OidcContext, out: Record<string, string>) => {
      send(context, 'Sign-in failed', `<h1>Sign-in failed</h1><p>${escape(out['error_description'] ?? out['error'] ?? '')}</p>`)
    },
    loadExistingGrant: grantEverything,
    findAccount: (_: unknown, id: string) => {
      const account = options.accounts.find(({ email }) => email === id)
      const claims = account && { sub: id, email: id, email_verified: true, name: account.name, groups: account.groups }
      return claims && { accountId: id, claims: () => claims }
    },
    ttl: { AccessToken: hour, AuthorizationCode: 60, IdToken: hour, Interaction: hour, Session: 14 * 24 * hour, Grant: 14 * 24 * hour },
  })
  // The portal takes another port when its own is in use, and tests start several: any loopback port will do.
  const samePath = (path: string) => (uri: string) => isLoopback(uri) && new URL(uri).pathname === path
  provider.Client.prototype.redirectUriAllowed = samePath(callbackPath)
  provider.Client.prototype.postLogoutRedirectUriAllowed = isLoopback
  return provider
}

/** The one client is the lab's own: asking people for their consent would only be in the way. */
async function grantEverything(context: OidcContext) {
  const { client, provider, session, result } = context.oidc
  const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const known = id === undefined ? undefined : await provider.Grant.find(id)
  if (known !== undefined) return known
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
  grant.addOIDCScope('openid email profile groups')
  await grant.save()
  return grant
}

async function interact(provider: Provider, accounts: readonly LabAccount[], request: IncomingMessage, response: ServerResponse, log: (line: string) => void): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response)
  const action = `/interaction/${uid}`
  if (request.method !== 'POST') return sendLoginPage(response, { action, accounts })
  const form = new URLSearchParams(await readBody(request))
  const email = (form.get('email') ?? '').trim().toLowerCase()
  const account = accounts.find((one) => one.email === email && same(one.password, form.get('password') ?? ''))
  log(`sign-in of ${JSON.stringify(email.slice(0, 100))}: ${account === undefined ? 'refused' : 'accepted'}`)
  if (account === undefined) return sendLoginPage(response, { action, accounts, email, error: 'E-mail or password is wrong.' })
  await provider.interactionFinished(request, response, { login: { accountId: account.email } }, { mergeWithLastSubmission: false })
}

function send(context: OidcContext, title: string, body: string, script?: string): void {
  const { html, policy } = pageOf(title, body, script)
  context.type = 'html'
  context.body = html
  ;(context as unknown as { set(name: string, value: string): void }).set('content-security-policy', policy)
}

async function openKeys(file: string): Promise<Keys> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Keys
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') }
    const keys: Keys = { jwks: { keys: [key] }, cookies: [randomBytes(32).toString('base64url')] }
    await writePrivate(file, JSON.stringify(keys))
    return keys
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    body += chunk
    if (body.length > maxFormBytes) throw new Error('the form is too large')
  }
  return body
}

function isLoopback(uri: string): boolean {
  return URL.canParse(uri) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname) && new URL(uri).protocol === 'http:'
}

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
