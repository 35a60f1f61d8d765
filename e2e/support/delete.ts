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
