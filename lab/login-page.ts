/** The identity provider's pages. Self-contained: the lab must work with no network at all. */
import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { LabAccount } from './contract'

export interface LoginPage {
  readonly action: string
  readonly accounts: readonly LabAccount[]
  readonly email?: string
  readonly error?: string
}

const style = `
  :root { color-scheme: light dark; --line: #d4d7dd; --soft: #5b6270; --card: #fff; --page: #f3f4f6; --ink: #16181d; --accent: #1f4fd8 }
  @media (prefers-color-scheme: dark) { :root { --line: #3a3f4a; --soft: #a3abba; --card: #1b1e25; --page: #101217; --ink: #eceef2; --accent: #3563e9 } }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
  main { width: 100%; max-width: 400px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
  h1 { margin: 0; font-size: 20px; line-height: 1.3 } h2 { margin: 28px 0 8px; font-size: 13px; font-weight: 600; color: var(--soft) }
  p { margin: 4px 0 20px; color: var(--soft) } label { display: block; margin: 14px 0 4px; font-weight: 600 }
  input { width: 100%; padding: 9px 11px; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 8px }
  button { font: inherit; cursor: pointer; border-radius: 8px } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
  .primary { width: 100%; margin-top: 20px; padding: 10px; font-weight: 600; color: #fff; background: var(--accent); border: 0 }
  .account { display: block; width: 100%; margin-top: 6px; padding: 8px 11px; text-align: left; color: inherit; background: transparent; border: 1px solid var(--line) }
  .account small { display: block; color: var(--soft) } [role=alert] { margin: 0 0 4px; color: #d1242f; font-weight: 600 }`

const script = `
  for (const button of document.querySelectorAll('[data-email]')) button.addEventListener('click', () => {
    document.getElementById('email').value = button.dataset.email
    document.getElementById('password').value = button.dataset.password
    document.getElementById('submit').focus()
  })`

export function sendLoginPage(response: ServerResponse, { action, accounts, email = '', error }: LoginPage): void {
  const buttons = accounts.map(
    (account) =>
      `<button type="button" class="account" data-email="${escape(account.email)}" data-password="${escape(account.password)}">${escape(account.name)}<small>${escape(account.role)}</small></button>`,
  )
  const body = `<h1>Sign in</h1><p>Identity provider of the lab</p>
${error === undefined ? '' : `<p role="alert">${escape(error)}</p>`}
<form method="post" action="${escape(action)}">
<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required autofocus value="${escape(email)}">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button id="submit" class="primary">Sign in</button></form>
<h2>Demo accounts fill the form</h2>${buttons.join('')}`
  // 200 with an error in it, as login pages do: for a 401 the browser's console complains, and tests listen to that.
  sendPage(response, 200, 'Sign in', body, script)
}

/** `body` is trusted HTML. */
export function sendPage(response: ServerResponse, status: number, title: string, body: string, inlineScript = ''): void {
  const { html, policy } = pageOf(title, body, inlineScript)
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': policy }).end(html)
}

export function pageOf(title: string, body: string, inlineScript = ''): { html: string; policy: string } {
  const nonce = randomBytes(16).toString('base64')
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><main>${body}</main>
${inlineScript === '' ? '' : `<script nonce="${nonce}">${inlineScript}</script>`}</body></html>`
  // No form-action: browsers apply it to the redirect back to the portal as well.
  return { html, policy: `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'` }
}

export function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
