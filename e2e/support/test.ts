import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { admin, labFacts, type Admin, type LabFacts } from './lab'
import { createTenant, dumpTenant, removeTenant } from './tenant'

export const BEA = 'bea@tenantry.example' // tenant admin of the test's tenant
export const VIC = 'vic@tenantry.example' // viewer of it
export const GUS = 'gus@tenantry.example' // a stranger to it
export const ADA = 'ada@tenantry.example' // platform admin

interface TestFixtures {
  tenant: string
  /** A page signed in as the tenant's admin. */
  page: Page
  /** Opens a further browser (its own cookies) signed in as that person. Its console is watched as well. */
  signedIn: (email: string) => Promise<Page>
  /** Console and page errors that this test expects; every other fails it. */
  expectedErrors: RegExp[]
}
interface WorkerFixtures {
  facts: LabFacts
  lab: Admin
  cookies: Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  facts: [async ({}, use) => use(labFacts()), { scope: 'worker' }],
  lab: [async ({ facts }, use) => use(admin(facts)), { scope: 'worker' }],
  cookies: [async ({}, use) => use(new Map()), { scope: 'worker' }],
  expectedErrors: async ({}, use) => use([]),

  tenant: async ({ lab }, use, info) => {
    const name = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }, { email: VIC, role: 'tenant-viewer' }])
    await use(name)
    if (info.status !== info.expectedStatus) await info.attach('objects.json', { body: await dumpTenant(lab, name).catch(String), contentType: 'application/json' })
    await removeTenant(lab, name)
  },

  signedIn: async ({ browser, cookies, facts, expectedErrors, baseURL }, use) => {
    const contexts: BrowserContext[] = []
    const errors: string[] = []
    await use(async (email) => {
      const state = cookies.get(email) ?? (await signIn(browser, facts, email, baseURL))
      cookies.set(email, state)
      const context = await browser.newContext({ storageState: state, acceptDownloads: true, ...(baseURL ? { baseURL } : {}) })
      contexts.push(context)
      const page = await context.newPage()
      watchErrors(page, errors)
      return page
    })
    await Promise.all(contexts.map((context) => context.close()))
    expect(errors.filter((error) => !expectedErrors.some((expected) => expected.test(error))), 'unexpected console errors').toEqual([])
  },

  page: async ({ signedIn, tenant }, use) => {
    const page = await signedIn(BEA)
    await seesTenant(page, tenant)
    await use(page)
  },
})
export { expect }

/** The tenant is a second old: its Namespace and its bindings reach the portal by their watches. */
export const seesTenant = (page: Page, tenant: string) => expect.poll(async () => (await page.request.get(`/t/${tenant}/clusters`)).status()).toBe(200)

export function watchErrors(page: Page, errors: string[]): void {
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') errors.push(`${message.text()} (${message.location().url})`) })
  page.on('pageerror', (error) => errors.push(`page error: ${error.message}`))
}

/** Through the identity provider's own pages, as a person would. */
export async function signInOn(page: Page, facts: Pick<LabFacts, 'accounts'>, email: string): Promise<void> {
  const account = facts.accounts.find((candidate) => candidate.email === email)
  if (!account) throw new Error(`${email} is no account of the lab`)
  await page.goto('/sign-in')
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.getByLabel(/e-mail/i).fill(email)
  await page.getByLabel(/password/i).fill(account.password)
  await page.getByRole('button', { name: /^sign in$/i }).click()
  await page.waitForURL(/\/t(\/|$)/)
}

async function signIn(browser: Browser, facts: LabFacts, email: string, baseURL: string | undefined) {
  const context = await browser.newContext(baseURL ? { baseURL } : {})
  await signInOn(await context.newPage(), facts, email)
  const state = await context.storageState()
  await context.close()
  return state
}
