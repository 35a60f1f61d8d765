/** @type {import('next').NextConfig} */
const config = {
  output: 'standalone',
  reactCompiler: true,
  poweredByHeader: false,
  // Compressed responses that a browser aborts leak (the stream is one); the ingress compresses pages.
  compress: false,
  // GHSA-2464-fhr4-w9xw: the optimizer stays off.
  images: { unoptimized: true },
  // Loaded from node_modules as they are: PGlite finds its wasm beside its own file, client-node reads package data.
  serverExternalPackages: ['@electric-sql/pglite', 'pglite-prisma-adapter', '@kubernetes/client-node', 'undici', 'pino', 'pg', 'prom-client', '@prisma/client', '@prisma/adapter-pg'],
  outputFileTracingIncludes: {
    '/**': ['./prisma/migrations/**/*', './node_modules/@electric-sql/pglite/dist/*.wasm', './node_modules/@electric-sql/pglite/dist/*.data'],
  },
  outputFileTracingExcludes: {
    '/**': ['./.tenantry/**', './lab/**', './e2e/**', './docs/**', './scripts/**', './test-results/**'],
  },
  // Types are a stage of `npm test`, over tests and lab as well; a build that repeats it would cost half a minute of every demo.
  typescript: { ignoreBuildErrors: true },
  experimental: { serverActions: { bodySizeLimit: '64kb' } },
}
export default config
