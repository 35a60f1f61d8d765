import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8')
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name = '', light = '', dark = '']) => [name, { light, dark }] as const))

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const surfaces = ['canvas', 'surface', 'sunken', 'raised']
const roles = ['ok', 'busy', 'warn', 'bad', 'idle']
/** [foreground, background, least]: text 4.5, what is not text but carries meaning 3 (WCAG 1.4.3, 1.4.11). */
const pairs: readonly (readonly [string, string, number])[] = [
  ...surfaces.flatMap((surface) => ['ink', 'ink-2', 'ink-3', 'focus', ...roles].map((text) => [text, surface, 4.5] as const)),
  ...['ink', 'ink-2'].flatMap((text) => [...roles.map((role) => [text, `${role}-tint`, 4.5] as const), [text, 'chosen', 4.5] as const]),
  ...roles.map((role) => [role, `${role}-tint`, 4.5] as const),
  ...['canvas', 'surface'].flatMap((surface) => [...roles.map((role) => [`${role}-solid`, surface, 3] as const), ['control', surface, 3] as const, ['step-serve', surface, 3] as const]),
  ...['clone', 'address', 'power', 'boot', 'join', 'ready'].map((step) => ['on-step', `step-${step}`, step === 'ready' ? 3 : 4.5] as const),
  ['on-ink', 'ink', 4.5],
  ['on-ink', 'ink-2', 4.5],
]

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(pairs)('%s on %s has a contrast of at least %d', (text, surface, least) => {
    const front = tokens.get(text)?.[theme]
    const back = tokens.get(surface)?.[theme]
    expect(front && back, `${text} and ${surface} are tokens`).toBeTruthy()
    expect(contrast(front ?? '#000000', back ?? '#000000')).toBeGreaterThanOrEqual(least)
  })
})
