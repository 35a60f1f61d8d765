import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** By axe's rules, and without scrolling sideways on a phone. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await expectNoViolations(page, where)
  await expectNoSidewaysScroll(page, where)
}

/** By axe's rules alone. */
export async function expectNoViolations(page: Page, where: string): Promise<void> {
  // Colour transitions would be measured half-way.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  // On this page alone: else axe comes to its end on a page of its own, which takes the foreground from this one.
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  const { violations } = await axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`), where).toEqual([])
}

export async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 }
  for (const width of [380, 320]) {
    await resize(page, { width, height: 800 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${where} at ${width} px`).toBeLessThanOrEqual(width)
  }
  await resize(page, size)
}

/** Of sizes that follow each other faster than they are drawn the browser may draw none, nor anything after: what waits to be in view then waits for ever. */
async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size)
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
}
