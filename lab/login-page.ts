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

/** The portal's colours and measures, and fonts that a machine has: nothing is loaded. */
const style = `
  :root { color-scheme: light dark; --canvas: light-dark(#f6f6f7, #0b0c0e); --surface: light-dark(#fff, #131418); --sunken: light-dark(#f1f1f3, #1a1b20); --line: light-dark(#e3e3e7, #26272d);
    --ink: light-dark(#16171b, #eeeef1); --ink-2: light-dark(#474952, #b6b8c2); --ink-3: light-dark(#63656f, #9092a0); --on-ink: light-dark(#fff, #131418); --control: light-dark(#8a8c97, #6f717d); --focus: light-dark(#5a4bd4, #a99fff); --bad: light-dark(#ad241c, #ff958d) }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; background: var(--canvas); color: var(--ink); font: 14px/20px Geist, Inter, system-ui, sans-serif; -webkit-font-smoothing: antialiased }
  main { width: 100%; max-width: 392px; padding: 28px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px }
  h1 { margin: 0; font-size: 20px; line-height: 28px; font-weight: 600; letter-spacing: -.01em } h2 { margin: 24px -28px 0; padding: 20px 28px 8px; border-top: 1px solid var(--line); font-size: 12px; line-height: 16px; font-weight: 500; color: var(--ink-3) }
  p { margin: 2px 0 20px; text-wrap: balance; color: var(--ink-2) } label { display: block; margin: 12px 0 4px; font-size: 13px; font-weight: 500 }
  input { width: 100%; height: 36px; padding: 0 10px; font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--control); border-radius: 6px }
  button { font: inherit; cursor: pointer; border-radius: 6px } :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px } input:focus-visible { outline-offset: 0 }
  .primary { width: 100%; height: 40px; margin-top: 20px; font-weight: 500; color: var(--on-ink); background: var(--ink); border: 0 } .primary:hover { background: var(--ink-2) }
  .account { display: block; width: calc(100% + 16px); margin: 0 -8px; padding: 6px 8px; text-align: left; color: inherit; background: transparent; border: 0 } .account:hover { background: var(--sunken) }
  .account small { display: block; text-wrap: balance; font-size: 12px; line-height: 16px; color: var(--ink-3) } [role=alert] { margin: 0 0 4px; color: var(--bad); font-weight: 500 }`

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
  const body = `<h1>Sign in</h1><p>The lab’s identity provider stands in for your organisation’s.</p>
${error === undefined ? '' : `<p role="alert">${escape(error)}</p>`}
<form method="post" action="${escape(action)}">
<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required autofocus value="${escape(email)}">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button id="submit" class="primary">Sign in</button></form>
<h2>Or choose one of the lab’s accounts to fill the form</h2>${buttons.join('')}`
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
