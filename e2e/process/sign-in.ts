import type { LabAccount } from '@/lab/contract'

/** Cookies by host name; a browser keeps them apart by port no more than this does. */
class Jar {
  private readonly hosts = new Map<string, Map<string, string>>()

  /** Begins with the cookies of a header. */
  keep(url: string, header: string): void {
    this.hosts.set(new URL(url).hostname, new Map(header.split('; ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])))
  }

  header(url: string): string {
    return [...(this.hosts.get(new URL(url).hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  take(url: string, response: Response): void {
    const host = new URL(url).hostname
    const cookies = this.hosts.get(host) ?? new Map<string, string>()
    this.hosts.set(host, cookies)
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';')
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      const expires = attributes.map((attribute) => attribute.trim()).find((attribute) => /^expires=/i.test(attribute))
      if (value === '' || (expires && Date.parse(expires.slice('expires='.length)) < Date.now())) cookies.delete(name)
      else cookies.set(name, value)
    }
  }
}

type Send = (url: string, form?: Record<string, string>) => Promise<Response>

/** Sends as a browser does; with a form by POST. */
const sender = (jar: Jar): Send => async (url, form) => {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie: jar.header(url), origin: new URL(url).origin }, ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}) })
  jar.take(url, response)
  return response
}

const csrfToken = async (send: Send, portalUrl: string): Promise<string> => ((await (await send(`${portalUrl}/api/auth/csrf`)).json()) as { csrfToken: string }).csrfToken

/** Signs out as the portal's menu does: the session is revoked. */
export async function signOut(portalUrl: string, cookie: string): Promise<void> {
  const jar = new Jar()
  jar.keep(portalUrl, cookie)
  const send = sender(jar)
  const answer = await send(`${portalUrl}/api/auth/signout`, { csrfToken: await csrfToken(send, portalUrl), callbackUrl: `${portalUrl}/sign-in`, json: 'true' })
  if (!answer.ok || jar.header(portalUrl).includes('tenantry.session=')) throw new Error(`The sign-out was answered with ${answer.status}`)
}

/**
 * Signs in through the identity provider's own pages, without a browser.
 * @returns the Cookie header of the portal's session
 */
export async function signIn(portalUrl: string, { email, password }: LabAccount): Promise<string> {
  const jar = new Jar()
  const send = sender(jar)
  const follow = async (url: string, response: Response): Promise<{ url: string; response: Response }> => {
    const location = response.headers.get('location')
    if (location === null) return { url, response }
    const next = new URL(location, url).href
    return follow(next, await send(next))
  }
  const begun = (await (await send(`${portalUrl}/api/auth/signin/oidc`, { csrfToken: await csrfToken(send, portalUrl), callbackUrl: `${portalUrl}/t`, json: 'true' })).json()) as { url: string }
  const page = await follow(begun.url, await send(begun.url))
  const action = /<form[^>]* action="([^"]+)"/.exec(await page.response.text())?.[1]
  if (!action) throw new Error(`${page.url} is no sign-in page: ${page.response.status}`)
  const target = new URL(action, page.url).href
  const end = await follow(target, await send(target, { email, password }))
  const cookie = jar.header(portalUrl)
  if (!cookie.includes('tenantry.session=')) throw new Error(`The sign-in of ${email} ended at ${end.url} (${end.response.status}) without a session`)
  return cookie
}
