import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** By axe's rules, and without scrolling sideways on a phone. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Colour transitions would be measured half-way.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`), where).toEqual([])
  const size = page.viewportSize()
  for (const width of [380, 320]) {
    await page.setViewportSize({ width, height: 800 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${where} at ${width} px`).toBeLessThanOrEqual(width)
  }
  if (size) await page.setViewportSize(size)
}
