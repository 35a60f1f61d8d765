import { expect, test, vi } from 'vitest'
import { missingSql } from '@/scripts/migration'

// The engine is WebAssembly, on a PGlite of its own.
vi.setConfig({ testTimeout: 60_000 })

test('schema.prisma and the migrations agree', async () => {
  expect(await missingSql()).toBe('')
})
