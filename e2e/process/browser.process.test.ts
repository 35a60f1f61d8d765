import { chromium, type Browser } from '@playwright/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath } from '@/scripts/chromium'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'
import { signInOn, watchErrors } from '../support/test'
import { startHerd, type Herd } from './objects'
import { startTestPortal, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const lab = admin()
let tenant: string
let herd: Herd
let portal: TestPortal
let browser: Browser

beforeAll(async () => {
  const executablePath = chromiumPath()
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  herd = await startHerd(tenant, 'before')
  portal = await startTestPortal({ name: 'browser' })
  browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--disable-quic', '--disable-background-networking'] })
})
afterAll(async () => {
  await browser?.close()
  await portal?.stop()
  await herd?.end()
  if (tenant) await removeTenant(lab, tenant)
})

test('the portal is started again and knows no event of before: the page goes on by itself with a snapshot, without a reload', async () => {
  const page = await (await browser.newContext({ baseURL: portal.url })).newPage()
  await signInOn(page, labFacts(), BEA)
  await page.goto(`/t/${tenant}/clusters`)
  const live = page.getByText('Live', { exact: true })
  const row = (name: string) => page.getByRole('link', { name, exact: true }).first()
  await live.waitFor()
  await row('before').waitFor()
  const errors: string[] = []
  watchErrors(page, errors)
  await page.evaluate(() => void Object.assign(window, { sameDocument: true }))
  await portal.stop()
  const meanwhile = await startHerd(tenant, 'meanwhile')
  await portal.restart()
  const ready = Date.now()
  // `retry:` and the page's own waits grow to some seconds while it was down.
  await row('meanwhile').waitFor({ timeout: 45_000 })
  await live.waitFor({ timeout: 5_000 })
  expect(Date.now() - ready).toBeLessThan(45_000)
  expect(await page.evaluate(() => 'sameDocument' in window), 'no reload').toBe(true)
  expect(errors.filter((error) => !/ERR_|Failed to load resource/.test(error)), 'unexpected console errors').toEqual([])
  await meanwhile.end()
  await page.context().close()
})
