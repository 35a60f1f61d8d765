import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const alias = {
  '@': here('.'),
  // Throws at import outside of a server bundle, which a test is not.
  'server-only': here('./scripts/empty-module.ts'),
}
const exclude = [...configDefaults.exclude, '.tenantry/**', '.next/**', 'test-results/**']

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{lib,components,server,app,lab,scripts}/**/*.test.{ts,tsx}'],
          exclude: [...exclude, '**/*.integration.test.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'integration',
          environment: 'node',
          include: ['**/*.integration.test.ts'],
          exclude,
          // They wait for real controllers.
          testTimeout: 360_000,
          hookTimeout: 360_000,
          expect: { poll: { timeout: 20_000 } },
          maxWorkers: 2,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'process',
          environment: 'node',
          include: ['e2e/process/**/*.process.test.ts'],
          exclude,
          // They start and kill whole portals, and count seconds.
          testTimeout: 600_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 20_000 } },
          maxWorkers: 1,
        },
      },
    ],
  },
})
