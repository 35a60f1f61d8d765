import { defineConfig } from '@playwright/test'
import { chromiumPath } from './scripts/chromium'

const executablePath = chromiumPath()
/** Which lab the tests stand on: scripts/test.ts says. */
const kamaji = process.env['LAB_PROFILE'] === 'kamaji'

/** Browser tests on the real lab: `npm test -- e2e`, and on the one with Kamaji itself: `npm test -- kamaji`. Each test has a tenant of its own, so they run side by side. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: kamaji ? 'test-results/kamaji' : 'test-results/e2e',
  fullyParallel: true,
  // One cluster is a kube-apiserver process: two at a time is what two cores and a laptop hold.
  workers: Number(process.env['E2E_WORKERS'] ?? 2),
  retries: 0,
  // What one test waits for adds up; a single wait that fails ends it much sooner.
  timeout: 420_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: kamaji ? 'test-results/kamaji.json' : 'test-results/e2e.json' }]],
  use: {
    baseURL: process.env['PORTAL_URL'] ?? 'http://localhost:3000',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: kamaji ? [{ name: 'kamaji', testDir: 'e2e/kamaji' }] : [
    { name: 'main', testIgnore: ['faults.spec.ts', 'kamaji/**'] },
    // These stop parts of the lab that every test stands on, so they run alone and last.
    { name: 'faults', testMatch: 'faults.spec.ts', dependencies: ['main'], fullyParallel: false },
  ],
})
