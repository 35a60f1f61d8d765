import type { Page } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { createCluster, machinesIn } from './support/create'
import type { Admin } from './support/lab'
import { BEA, expect, test } from './support/test'

const V1BETA2 = { version: 'v1beta2' } as const

/** As an administrator would, outside of the portal: the pool's template copied with more memory, and the pool pointed at the copy. */
async function giveMoreMemory(lab: Admin, namespace: string, machineDeployment: string): Promise<void> {
  const deployments = { group: 'cluster.x-k8s.io', ...V1BETA2, namespace, plural: 'machinedeployments' }
  const templates = { group: 'infrastructure.cluster.x-k8s.io', ...V1BETA2, namespace, plural: 'vspheremachinetemplates' }
  type Deployment = { spec: { template: { spec: { infrastructureRef: { name: string } } } } }
  type Template = { apiVersion: string; kind: string; metadata: { labels?: Record<string, string>; ownerReferences?: object[] }; spec: { template: { spec: { memoryMiB: number } } } }
  const deployment = (await lab.custom.getNamespacedCustomObject({ ...deployments, name: machineDeployment })) as Deployment
  const old = deployment.spec.template.spec.infrastructureRef.name
  const template = (await lab.custom.getNamespacedCustomObject({ ...templates, name: old })) as Template
  const { apiVersion, kind, metadata: { labels, ownerReferences }, spec } = template
  const name = `${old}-more`
  spec.template.spec.memoryMiB += 1024
  await lab.custom.createNamespacedCustomObject({ ...templates, body: { apiVersion, kind, metadata: { name, namespace, labels, ownerReferences }, spec } })
  await lab.custom.patchNamespacedCustomObject({ ...deployments, name: machineDeployment, body: [{ op: 'replace', path: '/spec/template/spec/infrastructureRef/name', value: name }] })
}

/** The change's panel and its table, which is there for screen readers also while the picture is shown. */
const panel = (page: Page, title: RegExp | string) => page.getByRole('region', { name: title })
const lanes = (page: Page, title: RegExp | string) => panel(page, title).getByRole('table').locator('tbody').getByRole('row')

test('each change of a cluster is told while it runs and can be read afterwards', async ({ page, tenant, lab }) => {
  await createCluster(page, tenant, { name: 'told', replicas: 1 })

  await test.step('a create shows its machine and the steps of it, then that it is done', async () => {
    const title = /told/
    await expect(panel(page, title)).toContainText(/running/, { timeout: 60_000 })
    await expect(lanes(page, title)).toHaveCount(1, { timeout: 90_000 })
    await expect(lanes(page, title).first()).toContainText(/general-[a-z0-9]{5}/, { timeout: 60_000 })
    const below = async () => (await page.getByRole('region', { name: 'Node pools' }).boundingBox())?.y
    const before = await below()
    await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 120_000 })
    await expect(panel(page, title)).toContainText(/1 of 1 ready · took/, { timeout: 30_000 })
    await expect(panel(page, title).getByRole('progressbar')).toHaveCount(0)
    await expect(page.getByText('Ready', { exact: true }).first()).toBeVisible()
    expect(await below(), 'nothing moves when the change ends').toBe(before)
  })

  await test.step('a scale: what was asked, by whom', async () => {
    await page.getByRole('button', { name: 'Scale pool general' }).click()
    const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
    await size.fill('2')
    await size.blur()
    await page.getByRole('button', { name: 'Scale to 2 and add 1 machine' }).click()
    const title = 'Pool general from 1 to 2 machines'
    await expect(panel(page, title)).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText(/Pool general from 1 to 2 machines, as you/)).toBeVisible()
    await expect(panel(page, title)).toContainText(/1 of 1 ready · took/, { timeout: 120_000 })
  })

  const title = 'Memory change in pool general'
  await test.step('a change from outside of the portal has lanes of old and new machines', async () => {
    const before = (await lab.custom.listNamespacedCustomObject({ group: 'cluster.x-k8s.io', ...V1BETA2, namespace: tenant, plural: 'machines' })) as { items: { metadata: { name: string } }[] }
    await giveMoreMemory(lab, tenant, 'told-general')
    await expect(panel(page, title)).toBeVisible({ timeout: 30_000 })
    await expect(lanes(page, title)).toHaveCount(2, { timeout: 60_000 })
    for (const { metadata: { name } } of before.items) await expect(panel(page, title).getByRole('table')).toContainText(name.slice(-5))
    await expectAccessible(page, 'a change under way, as a picture')

    const table = panel(page, title).getByRole('radio', { name: 'Table' })
    await panel(page, title).getByRole('radio', { name: 'Picture' }).focus()
    await page.keyboard.press('ArrowRight')
    await expect(table).toBeChecked()
    await expect(panel(page, title).getByRole('columnheader', { name: 'Took or waits for' })).toBeInViewport()
    await expectAccessible(page, 'a change under way, as a table')
    await page.reload()
    await expect(table, 'the choice is remembered').toBeChecked()

    await expect(panel(page, title)).toContainText(/2 of 2 replaced · took/, { timeout: 180_000 })
    await expect(lanes(page, title).filter({ hasText: 'Replaced' })).toHaveCount(2)
  })

  await test.step('the history lists all three, newest first, and each can be read', async () => {
    await page.getByRole('link', { name: 'All changes' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Changes of told' })).toBeVisible()
    const rows = page.getByRole('table').locator('tbody').getByRole('row')
    await expect(rows).toHaveCount(3)
    await expect(rows.first()).toContainText(title)
    for (const row of await rows.all()) await expect(row.getByText('Done', { exact: true })).toBeVisible()
    await expect(rows.nth(1)).toContainText(new RegExp(`you|${BEA}`))
    await expectAccessible(page, 'changes')

    await page.getByRole('link', { name: title }).click()
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    const machines = page.getByRole('table').locator('tbody').getByRole('row')
    await expect(machines).toHaveCount(2)
    for (const row of await machines.all()) {
      await expect(row.getByRole('cell').nth(0)).toContainText(/^general-[a-z0-9]{5}/)
      await expect(row.getByRole('cell').nth(1)).toContainText(/^general-[a-z0-9]{5}/)
      await expect(row).toContainText(/\d+ s/)
    }
    await expectAccessible(page, 'one change')
    await page.reload()
    await expect(machines, 'from the database or the stream, the same').toHaveCount(2)
  })
})

test('a change that was never made is not found, and says so within the portal', async ({ page, tenant }) => {
  await page.goto(`/t/${tenant}/clusters/nothing/changes`)
  await expect(page.getByText('No change has been seen yet')).toBeVisible()
  await page.goto(`/t/${tenant}/clusters/nothing/changes/no-such-change`)
  await expect(page.getByRole('heading', { name: 'This change was not found' })).toBeVisible()
})
