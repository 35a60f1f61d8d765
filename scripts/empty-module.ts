/** What `server-only` is in tests (vitest.config.ts). */
export {}
