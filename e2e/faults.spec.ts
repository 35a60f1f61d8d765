import { createCluster, machinesIn } from './support/create'
import { killPart, revivePart } from './support/lab'
import { expect, test } from './support/test'

test.describe.configure({ mode: 'serial' })

test('the management cluster goes away: the last known state stays readable, writes are off with the reason, all recovers alone', async ({ page, tenant, expectedErrors }) => {
  expectedErrors.push(/Failed to load resource/, /ERR_/)
  await createCluster(page, tenant, { name: 'steady', replicas: 1 })
  await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 120_000 })
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  await killPart('kube-apiserver')
  try {
    await expect(page.getByText(/Last known/).first()).toBeVisible({ timeout: 60_000 })
    await expect(page.getByRole('heading', { level: 1, name: 'steady' })).toBeVisible()
    await expect(page.getByRole('table', { name: /Machines/ }).getByRole('row')).toHaveCount(2)
    const scale = page.getByRole('button', { name: 'Scale pool general' })
    await expect(scale).toHaveAttribute('aria-disabled', 'true')
    await expect(scale).toHaveAccessibleDescription(/management cluster/i)
    await page.reload()
    await expect(page.getByRole('heading', { level: 1, name: 'steady' })).toBeVisible()
    await expect(page.getByText(/Last known/).first()).toBeVisible()
  } finally {
    await revivePart('kube-apiserver')
  }
  await expect(page.getByText('Live', { exact: true })).toBeVisible({ timeout: 90_000 })
  await expect(page.getByRole('button', { name: 'Scale pool general' })).not.toHaveAttribute('aria-disabled', 'true', { timeout: 30_000 })
  await page.getByRole('button', { name: 'Scale pool general' }).click()
  const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
  await size.fill('2')
  await size.blur()
  await page.getByRole('button', { name: /^Scale to 2/ }).click()
  await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 120_000 })
})

test('a tenant’s API server that dies comes back by itself, and the page says so meanwhile or recovers', async ({ page, tenant }) => {
  await createCluster(page, tenant, { name: 'reborn', replicas: 1, dhcp: true })
  await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 120_000 })
  await killPart(`tenant-api:${tenant}/reborn`)
  await revivePart(`tenant-api:${tenant}/reborn`)
  await expect(page.getByRole('button', { name: 'Kubeconfig' })).not.toHaveAttribute('aria-disabled', 'true', { timeout: 90_000 })
  await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 90_000 })
})
