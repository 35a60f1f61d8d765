import { expect, type Page } from '@playwright/test'

export interface CreateAnswers {
  readonly name: string
  readonly replicas?: number
  readonly range?: string
  readonly gateway?: string
  readonly nameservers?: string
  readonly dhcp?: boolean
  /** A shared pool by its name. */
  readonly shared?: string
  /** A second network, by DHCP. */
  readonly secondNetwork?: string
  /** A second pool of IPv6. */
  readonly ipv6?: { readonly range: string; readonly gateway: string }
  /** As the list of versions has it: `1.34.3`. */
  readonly version?: string
}

/** Fills what has no default, as a person who knows no vSphere would; everything else stays as offered. */
export async function fillCreate(page: Page, answers: CreateAnswers): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(answers.name)
  if (answers.version !== undefined) {
    await page.getByRole('combobox', { name: 'Kubernetes' }).click()
    await page.getByRole('option', { name: answers.version }).click()
  }
  if (answers.replicas !== undefined) {
    const machines = page.getByRole('textbox', { name: /^Machines/ })
    await machines.fill(String(answers.replicas))
    await machines.blur()
  }
  if (answers.secondNetwork !== undefined) {
    await page.getByRole('button', { name: /^More networks/ }).click()
    await page.getByRole('button', { name: 'Add network' }).click()
    await page.getByRole('textbox', { name: 'Network 2' }).fill(answers.secondNetwork)
  }
  if (answers.dhcp) {
    await page.getByRole('radio', { name: 'DHCP' }).click()
    return
  }
  if (answers.shared !== undefined) {
    await page.getByRole('radio', { name: 'Shared pool' }).click()
    await expect(page.getByRole('combobox', { name: 'Shared pool' })).toContainText(answers.shared)
    return
  }
  await page.getByLabel('Range', { exact: true }).fill(answers.range ?? '10.40.12.64-10.40.12.79')
  await page.getByLabel('Gateway', { exact: true }).fill(answers.gateway ?? '10.40.12.1')
  await page.getByLabel('DNS servers', { exact: true }).fill(answers.nameservers ?? '10.40.0.2')
  if (answers.ipv6 === undefined) return
  await page.getByRole('switch', { name: 'IPv6 addresses for the machines as well' }).click()
  await page.getByLabel('IPv6 range', { exact: true }).fill(answers.ipv6.range)
  await page.getByLabel('IPv6 gateway', { exact: true }).fill(answers.ipv6.gateway)
}

/** From the empty form to the cluster's page. */
export async function createCluster(page: Page, tenant: string, answers: CreateAnswers): Promise<void> {
  await page.goto(`/t/${tenant}/create`)
  await fillCreate(page, answers)
  await page.getByRole('button', { name: 'Create cluster' }).click()
  await expect(page).toHaveURL(new RegExp(`/t/${tenant}/clusters/${answers.name}`))
}

/** Rows of the Machines table whose state is the given word. */
export const machinesIn = (page: Page, word: string) =>
  page.getByRole('table', { name: /Machines/ }).getByRole('row').filter({ has: page.getByText(word, { exact: true }) })
