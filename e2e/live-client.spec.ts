import type { BrowserContext, Page } from '@playwright/test'
import { fillCreate } from './support/create'
import type { Admin } from './support/lab'
import { BEA, expect, signInOn, test } from './support/test'

/** A Cluster that no controller works on: the page only has to show it. */
async function addCluster(lab: Admin, tenant: string, name: string): Promise<void> {
  await lab.custom.createNamespacedCustomObject({
    group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters',
    body: {
      apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name, namespace: tenant },
      spec: { paused: true, clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0/16'] } }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'VSphereCluster', name } },
    },
  })
}

const live = (page: Page) => page.getByText('Live', { exact: true })
const row = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first()
/** Requests of a context for the stream, as they are sent. */
function streamsOf(context: BrowserContext): string[] {
  const sent: string[] = []
  context.on('request', (request) => {
    if (request.url().endsWith('/stream')) sent.push(request.url())
  })
  return sent
}
const markDocument = (page: Page) => page.evaluate(() => void Object.assign(window, { sameDocument: true }))
const isSameDocument = (page: Page) => page.evaluate(() => 'sameDocument' in window)

test('the network goes for longer than 45 s: the page says so, writes are off with the reason, then it is live with the right data', async ({ page, tenant, lab, expectedErrors }) => {
  expectedErrors.push(/ERR_INTERNET_DISCONNECTED/, /ERR_NETWORK_CHANGED/)
  await page.goto(`/t/${tenant}/create`)
  await expect(live(page)).toBeVisible()
  await markDocument(page)
  await page.context().setOffline(true)
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible({ timeout: 15_000 })
  await expect(page.getByText(/^Last known, \d+/)).toBeVisible({ timeout: 45_000 })
  const create = page.getByRole('button', { name: 'Create cluster' })
  await expect(create).toHaveAttribute('aria-disabled', 'true')
  await expect(create).toHaveAccessibleDescription(/connection/i)
  await addCluster(lab, tenant, 'meanwhile')
  // In all more than three beats: by then the page has given up the stream and waits for longer each time.
  await page.waitForTimeout(15_000)
  await page.context().setOffline(false)
  await expect(live(page), 'at once, not after the wait that has grown').toBeVisible({ timeout: 5_000 })
  await expect(create).not.toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('link', { name: 'Clusters' }).first().click()
  await expect(row(page, 'meanwhile')).toBeVisible()
  expect(await isSameDocument(page)).toBe(true)
})

test('a machine that slept wakes: the page is live with the right data within seconds', async ({ page, tenant, lab, expectedErrors }) => {
  expectedErrors.push(/ERR_INTERNET_DISCONNECTED/, /ERR_NETWORK_CHANGED/)
  await page.goto(`/t/${tenant}/clusters`)
  await expect(live(page)).toBeVisible()
  await markDocument(page)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  await page.context().setOffline(true)
  await addCluster(lab, tenant, 'asleep')
  // Sleeping through three beats, of 15 s each.
  await new Promise((resolve) => setTimeout(resolve, 48_000))
  await page.context().setOffline(false)
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
  await expect(row(page, 'asleep')).toBeVisible({ timeout: 10_000 })
  await expect(live(page)).toBeVisible()
  expect(await isSameDocument(page)).toBe(true)
})

test('a session that ended while nobody was connected: sign-in, with the form kept, and no retry loop', async ({ browser, tenant, facts, lab, baseURL }) => {
  expect(lab).toBeDefined()
  const context = await browser.newContext({ baseURL: baseURL! })
  const page = await context.newPage()
  await signInOn(page, facts, BEA)
  await expect.poll(async () => (await page.request.get(`/t/${tenant}/create`)).status()).toBe(200)
  await page.goto(`/t/${tenant}/create`)
  await expect(live(page)).toBeVisible()
  await fillCreate(page, { name: 'kept-draft', dhcp: true })
  await context.setOffline(true)
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible({ timeout: 15_000 })
  await context.clearCookies({ name: 'tenantry.session' })
  const sent = streamsOf(context)
  await context.setOffline(false)
  await expect(page).toHaveURL(/\/sign-in\?ended=1/, { timeout: 20_000 })
  await expect(page.getByText('Your session has ended')).toBeVisible()
  await page.waitForTimeout(20_000)
  expect(sent.length, 'streams that were asked for').toBeLessThanOrEqual(3)
  await page.getByRole('button', { name: /sign in/i }).click()
  // The identity provider may still know the person, and then asks nothing.
  await page.waitForURL((url) => url.pathname.endsWith('/create') || url.pathname.startsWith('/interaction/'))
  if (page.url().includes('/interaction/')) {
    await page.getByLabel(/e-mail/i).fill(BEA)
    await page.getByLabel(/password/i).fill(facts.accounts.find(({ email }) => email === BEA)?.password ?? '')
    await page.getByRole('button', { name: /^sign in$/i }).click()
  }
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('kept-draft', { timeout: 20_000 })
  await context.close()
})

test('two tabs share one stream; when its tab closes the other one goes on, and misses nothing', async ({ page, tenant, lab }) => {
  const context = page.context()
  const sent = streamsOf(context)
  const second = await context.newPage()
  await page.goto(`/t/${tenant}/clusters`)
  await expect(live(page)).toBeVisible()
  await second.goto(`/t/${tenant}/clusters`)
  await expect(live(second)).toBeVisible()
  await addCluster(lab, tenant, 'both')
  await expect(row(page, 'both')).toBeVisible()
  await expect(row(second, 'both')).toBeVisible()
  expect(sent, 'one stream for both').toHaveLength(1)
  await page.close()
  await addCluster(lab, tenant, 'after')
  await expect(row(second, 'after')).toBeVisible({ timeout: 10_000 })
  await expect(live(second)).toBeVisible()
  expect(sent, 'and one for the tab that is left').toHaveLength(2)
})
