import type { Page, Request } from '@playwright/test'
import { createCluster } from './support/create'
import { objectsOf } from './support/tenant'
import { ADA, BEA, expect, GUS, seesTenant, signInOn, test, VIC } from './support/test'

/** The request of a server action as the browser sent it, to be sent again by somebody else. */
async function captureAction(page: Page, act: () => Promise<void>): Promise<Request> {
  const request = page.waitForRequest((candidate) => candidate.method() === 'POST' && candidate.headers()['next-action'] !== undefined)
  await act()
  return request
}

async function replay(page: Page, captured: Request, changes: { body?: (text: string) => string; origin?: string | null } = {}): Promise<{ status: number; text: string }> {
  const text = captured.postData() ?? ''
  const origin = changes.origin === undefined ? new URL(captured.url()).origin : changes.origin
  const answer = await page.request.post(captured.url(), {
    headers: { 'next-action': captured.headers()['next-action'] ?? '', 'content-type': captured.headers()['content-type'] ?? 'text/plain', accept: 'text/x-component', ...(origin === null ? {} : { origin }) },
    data: changes.body ? changes.body(text) : text,
  })
  return { status: answer.status(), text: await answer.text() }
}

test('a viewer looks and cannot write, not even by calling the actions directly', async ({ page, tenant, signedIn, lab, expectedErrors }) => {
  expectedErrors.push(/ERR_FAILED/, /Failed to fetch/) // the genuine deletion, held back below
  await createCluster(page, tenant, { name: 'seen', replicas: 0, dhcp: true })
  const viewer = await signedIn(VIC)
  await viewer.goto(`/t/${tenant}/clusters/seen`)
  await expect(viewer.getByRole('heading', { level: 1, name: 'seen' })).toBeVisible()
  const scale = viewer.getByRole('button', { name: 'Scale pool general' })
  await expect(scale).toHaveAttribute('aria-disabled', 'true')
  await expect(scale).toHaveAccessibleDescription(/operator/i)
  await scale.click({ force: true })
  await expect(viewer.locator('[data-sonner-toast]'), 'a finger sees no tooltip').toContainText(/operator/i)

  await page.getByRole('button', { name: 'Scale pool general' }).click()
  const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
  await size.fill('1')
  await size.blur()
  const scaleAction = await captureAction(page, () => page.getByRole('button', { name: /^Scale to 1/ }).click())
  const refused = await replay(viewer, scaleAction, { body: (text) => text.replace('"replicas":1', '"replicas":5') })
  expect(refused.text).toContain('"code":"forbidden"')

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete cluster' }).click()
  await page.getByRole('alertdialog').getByRole('textbox').fill('seen')
  await page.route('**/clusters/seen', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()))
  const deleteAction = await captureAction(page, () => page.getByRole('alertdialog').getByRole('button', { name: /^Delete cluster/ }).click())
  expect((await replay(viewer, deleteAction)).text).toContain('"code":"forbidden"')
  expect(await objectsOf(lab, tenant)).toContain('clusters/seen')
})

test('a foreign tenant’s admin sees and touches nothing: page, stream, action, kubeconfig', async ({ page, tenant, signedIn, lab, expectedErrors }) => {
  expectedErrors.push(/404/)
  await createCluster(page, tenant, { name: 'private', replicas: 0, dhcp: true })
  const stranger = await signedIn(GUS)
  for (const path of [`/t/${tenant}/clusters`, `/t/${tenant}/clusters/private`, `/t/${tenant}/create`]) {
    const answer = await stranger.goto(path)
    expect(answer?.status(), path).toBe(404)
    const absent = await stranger.goto(path.replace(tenant, 'no-such-tenant'))
    expect(absent?.status()).toBe(404)
    expect(await stranger.content(), 'nothing of the tenant reaches the stranger').not.toContain('private"')
  }
  expect((await stranger.request.get(`/api/t/${tenant}/stream`)).status()).toBe(404)
  const origin = new URL(page.url()).origin
  const kubeconfig = await stranger.request.post(`/api/t/${tenant}/clusters/private/kubeconfig`, { headers: { origin } })
  expect(kubeconfig.status()).toBe(404)

  await page.getByRole('button', { name: 'Scale pool general' }).click()
  const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
  await size.fill('1')
  await size.blur()
  const scaleAction = await captureAction(page, () => page.getByRole('button', { name: /^Scale to 1/ }).click())
  const refused = await replay(stranger, scaleAction)
  expect(refused.text).toContain('"code":"not-found"')
  const unknown = await replay(stranger, scaleAction, { body: (text) => text.replaceAll(tenant, 'no-such-tenant') })
  const told = (text: string) => /"message":"([^"]*)"/.exec(text)?.[1]
  expect(told(refused.text), 'a foreign tenant answers as an absent one').toBe(told(unknown.text)?.replaceAll('no-such-tenant', tenant))
  await lab.core.readNamespace({ name: tenant })
})

test('a foreign or missing Origin is refused, and nothing happens', async ({ page, tenant, lab, expectedErrors }) => {
  expectedErrors.push(/ERR_FAILED/, /Failed to fetch/) // the genuine request, held back below
  await createCluster(page, tenant, { name: 'origin', replicas: 0, dhcp: true })
  await page.getByRole('button', { name: 'Scale pool general' }).click()
  const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
  await size.fill('1')
  await size.blur()
  await page.route('**/clusters/origin*', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()))
  const captured = await captureAction(page, () => page.getByRole('button', { name: /^Scale to 1/ }).click())
  for (const origin of ['https://evil.example', 'null', null]) {
    const { status, text } = await replay(page, captured, { origin })
    expect(status >= 400 || text.includes('"code":"foreign-origin"'), `${origin}: ${status}`).toBe(true)
    const kubeconfig = await page.request.post(`/api/t/${tenant}/clusters/origin/kubeconfig`, { headers: origin === null ? {} : { origin } })
    expect(kubeconfig.status()).toBe(403)
  }
  const deployment = (await lab.custom.getNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'machinedeployments', name: 'origin-general' })) as { spec: { replicas: number } }
  expect(deployment.spec.replicas).toBe(0)
})

test('without a session: pages lead to sign-in, routes answer 401', async ({ browser, tenant, baseURL }) => {
  const context = await browser.newContext({ baseURL: baseURL! })
  const page = await context.newPage()
  await page.goto(`/t/${tenant}/clusters`)
  await expect(page).toHaveURL(/\/sign-in/)
  expect((await context.request.get(`/api/t/${tenant}/stream`)).status()).toBe(401)
  expect((await context.request.post(`/api/t/${tenant}/clusters/x/kubeconfig`, { headers: { origin: baseURL! } })).status()).toBe(401)
  await context.close()
})

test('signing out ends the session everywhere: its stream, its cookie, its tabs', async ({ browser, tenant, facts, baseURL }) => {
  const context = await browser.newContext({ baseURL: baseURL! })
  const page = await context.newPage()
  await signInOn(page, facts, BEA)
  await page.goto(`/t/${tenant}/clusters`)
  const stolen = await context.storageState()
  const other = await context.newPage()
  await other.goto(`/t/${tenant}/clusters`)
  await expect(other.getByText('Live', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: /bea/i }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/sign-in/)
  await expect(other).toHaveURL(/\/sign-in/, { timeout: 20_000 })
  const thief = await browser.newContext({ baseURL: baseURL!, storageState: stolen })
  expect((await thief.request.get(`/api/t/${tenant}/stream`)).status(), 'the old cookie is worth nothing').toBe(401)
  await thief.close()
  await context.close()
})

test('a member whose binding goes loses the page at once', async ({ tenant, signedIn, lab }) => {
  const viewer = await signedIn(VIC)
  await seesTenant(viewer, tenant)
  // The page says Live by what it was rendered with; a stream that opens after the binding is gone would be refused instead.
  const streaming = viewer.waitForResponse((response) => response.url().endsWith('/stream') && response.ok())
  await viewer.goto(`/t/${tenant}/clusters`)
  await streaming
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible()
  await lab.rbac.deleteNamespacedRoleBinding({ namespace: tenant, name: 'tenant-viewer-vic' })
  await expect(viewer.getByRole('heading', { name: /not found|no longer/i })).toBeVisible({ timeout: 10_000 })
  expect((await viewer.request.get(`/api/t/${tenant}/stream`)).status()).toBe(404)
})

test('a platform admin sees every tenant and writes in none of them', async ({ tenant, signedIn }) => {
  const ada = await signedIn(ADA)
  await seesTenant(ada, tenant)
  await ada.goto(`/t/${tenant}/clusters`)
  await expect(ada.getByRole('heading', { level: 1, name: 'Clusters' })).toBeVisible()
  await ada.goto(`/t/${tenant}/create`)
  await expect(ada.getByRole('button', { name: 'Create cluster' })).toHaveAttribute('aria-disabled', 'true')
})
