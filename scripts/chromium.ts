/** Which browser the tests drive. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { Expected } from './ending'

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** Undefined: Playwright's own. */
export function chromiumPath(): string | undefined {
  const wanted = process.env['CHROMIUM_PATH']
  return wanted ? wanted : candidates.find((path) => existsSync(path))
}

/** Gets one where there is none: Playwright's own, else, as root on Debian, the distribution's. */
export function ensureChromium(onProgress: (line: string) => void): void {
  const wanted = process.env['CHROMIUM_PATH']
  if (wanted && !existsSync(wanted)) throw new Expected(`CHROMIUM_PATH names ${wanted}, which is not there`)
  if (chromiumPath() !== undefined || existsSync(chromium.executablePath())) return
  onProgress('no Chromium on this machine: npx playwright install chromium')
  const env = { ...process.env }
  delete env['PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD']
  const own = spawnSync('npx', ['playwright', 'install', 'chromium'], { env, encoding: 'utf8', timeout: 300_000 })
  if (own.status === 0) return
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    onProgress('apt-get install chromium')
    const steps = [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]
    const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' } as const
    if (steps.every((args) => spawnSync('apt-get', args, quiet).status === 0) && chromiumPath() !== undefined) return
  }
  throw new Expected('The browser tests need Chromium: install it, or name one in CHROMIUM_PATH')
}
