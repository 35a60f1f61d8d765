import { expect, type Page } from '@playwright/test'

/** From the page of a cluster, as a person would; it has begun when this returns. */
export async function deleteCluster(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete cluster' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('button', { name: /^Delete cluster/ }).click()
  await expect(dialog).toBeHidden()
}

/** On the list of clusters, as a person would, of the Secret that Kamaji has left behind of a former cluster: it is said after a minute. */
export async function letGoOfSecret(page: Page, tenant: string, name: string): Promise<void> {
  const secret = `${name}-datastore-config`
  await page.goto(`/t/${tenant}/clusters`)
  await expect(page.getByText(`A Secret of ${name} is still there, although its cluster is gone.`)).toBeVisible({ timeout: 90_000 })
  await page.getByRole('button', { name: 'Let go of it' }).click()
  const dialog = page.getByRole('alertdialog', { name: `Let go of Secret ${secret}?` })
  await dialog.getByRole('textbox').fill(secret)
  await dialog.getByRole('button', { name: 'Let go of it' }).click()
  await expect(dialog).toBeHidden()
}
