import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'

const LOOKS = [['light', 1280], ['dark', 1280], ['light', 380], ['dark', 380]] as const

/**
 * A picture of the page as a guide shows it, written to docs/images with TENANTRY_PICTURES=1; beside it, in test-results, the same
 * dark and on a phone, for those who look a page over. Without the variable nothing is written: pictures of each run differ by their times.
 * @param height of the window, for a page with a bar at its foot
 * @param at of a page that is too long for one picture: the window that begins with it, and no more
 */
export async function picture(page: Page, name: string, height = 800, at?: Locator): Promise<void> {
  if (process.env['TENANTRY_PICTURES'] !== '1') return
  // A toast would lie over what is shown.
  await expect(page.locator('[data-sonner-toast]')).toHaveCount(0, { timeout: 15_000 })
  const size = page.viewportSize()
  for (const [scheme, width] of LOOKS) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: width === 1280 ? height : 800 })
    const path = scheme === 'light' && width === 1280 ? join('docs', 'images', `${name}.png`) : join('test-results', 'pictures', `${name}-${scheme}-${width}.png`)
    await at?.evaluate((element) => { element.scrollIntoView({ block: 'start' }) })
    await page.screenshot({ path, fullPage: at === undefined })
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  if (size) await page.setViewportSize(size)
}
