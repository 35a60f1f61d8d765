import { expectNoSidewaysScroll, expectNoViolations } from './support/accessible'
import { createCluster, machinesIn } from './support/create'
import { expect, test } from './support/test'

const THEMES = ['light', 'dark'] as const

for (const theme of THEMES) {
  test(`every page is accessible and fits a phone, ${theme}`, async ({ page, tenant, browser, baseURL }) => {
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(`/t/${tenant}/clusters`)
    await expect(page.getByText('This tenant has no clusters yet')).toBeVisible()
    await expectNoViolations(page, 'empty list')
    await expectNoSidewaysScroll(page, 'empty list')

    await page.goto(`/t/${tenant}/create`)
    await expectNoViolations(page, 'create')
    await page.getByRole('button', { name: 'Create cluster' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'Not created' })).toBeVisible()
    await expectNoViolations(page, 'create with errors')
    await expectNoSidewaysScroll(page, 'create with errors')

    await createCluster(page, tenant, { name: 'axe', replicas: 1 })
    await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 120_000 })
    await expectNoViolations(page, 'cluster')
    await expectNoSidewaysScroll(page, 'cluster')
    await page.getByRole('button', { name: 'Scale pool general' }).click()
    await expectNoViolations(page, 'scale dialog')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete cluster' }).click()
    await expectNoViolations(page, 'delete dialog')
    await page.keyboard.press('Escape')

    await page.goto(`/t/${tenant}/clusters/axe/add-ons`)
    await expectNoViolations(page, 'add-ons')
    await expectNoSidewaysScroll(page, 'add-ons')
    await page.getByRole('button', { name: 'Settings' }).first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectNoViolations(page, 'settings of an add-on')
    await page.keyboard.press('Escape')

    await page.goto(`/t/${tenant}/clusters`)
    await expect(page.getByRole('row', { name: /axe/ })).toBeVisible()
    await expectNoViolations(page, 'list')
    await expectNoSidewaysScroll(page, 'list')
    await page.goto(`/t/${tenant}/clusters/no-such-cluster`)
    await expectNoViolations(page, 'no such cluster')

    const stranger = await browser.newContext({ colorScheme: theme, ...(baseURL ? { baseURL } : {}) })
    const signIn = await stranger.newPage()
    await signIn.goto('/sign-in')
    await expectNoViolations(signIn, 'sign-in')
    await expectNoSidewaysScroll(signIn, 'sign-in')
    await stranger.close()
  })
}

test('one EventSource a browser: a second tab is fed by the first', async ({ page, tenant }) => {
  const streams: string[] = []
  page.context().on('request', (request) => { if (request.url().endsWith('/stream')) streams.push(request.url()) })
  await page.goto(`/t/${tenant}/clusters`)
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
  const tab = await page.context().newPage()
  await tab.goto(`/t/${tenant}/clusters`)
  await expect(tab.getByText('Live', { exact: true })).toBeVisible()
  await expect.poll(() => streams.length).toBe(1)
  await createCluster(tab, tenant, { name: 'shared', replicas: 0, dhcp: true })
  await expect(page.getByRole('row', { name: /shared/ })).toBeVisible()
  await page.close()
  await tab.goto(`/t/${tenant}/clusters`)
  await expect(tab.getByText('Live', { exact: true }), 'the other tab takes over').toBeVisible()
})

test('no page polls: a quiet while makes no request but the stream', async ({ page, tenant }) => {
  const stream = page.waitForResponse('**/stream')
  await page.goto(`/t/${tenant}/clusters`)
  await stream
  const requests: string[] = []
  // Next fetches the page behind a visible link once, ahead of a click: that is no polling.
  page.on('request', (request) => { if (!request.headers()['next-router-prefetch']) requests.push(request.url()) })
  // A quarter of a minute of doing nothing is what the test is about.
  await page.waitForTimeout(15_000)
  expect(requests).toEqual([])
})

test('no secret of the lab reaches a page, its data or the stream', async ({ page, tenant, facts, lab }) => {
  const { readFileSync } = await import('node:fs')
  const canaries = [readFileSync(facts.vcenter.passwordFile, 'utf8').trim()]
  await createCluster(page, tenant, { name: 'canary', replicas: 1, dhcp: true })
  await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 120_000 })
  const secrets = await lab.core.listNamespacedSecret({ namespace: tenant })
  for (const secret of secrets.items) for (const value of Object.values(secret.data ?? {})) canaries.push(value.slice(0, 200), Buffer.from(value, 'base64').toString().slice(30, 200))
  const seen: string[] = []
  page.on('response', async (response) => { if (!response.url().endsWith('/stream')) seen.push(await response.text().catch(() => '')) })
  await page.reload()
  await page.goto(`/t/${tenant}/clusters`)
  seen.push(await page.evaluate(async (url) => {
    const answer = await fetch(url)
    const reader = answer.body!.getReader()
    let text = ''
    while (!text.includes('event: synced')) {
      const { value, done } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
    }
    await reader.cancel()
    return text
  }, `/api/t/${tenant}/stream`))
  expect(seen.join('').length).toBeGreaterThan(1_000)
  for (const canary of canaries.filter((value) => value.length > 12)) expect(seen.join('').includes(canary), 'a secret reached the browser').toBe(false)
})
