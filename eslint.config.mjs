import next from 'eslint-config-next/core-web-vitals'
import nextTypeScript from 'eslint-config-next/typescript'

/** Refuses imports; each message says where the thing belongs, so that the mend is clear from the error. */
const forbid = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

const above = (...rooms) => ({
  group: rooms.flatMap((room) => [`@/${room}`, `@/${room}/**`, `**/../${room}/**`]),
  message: 'Arrows go one way: app -> components -> lib and app -> server -> lib.',
})
const lab = { group: ['@/lab', '@/lab/**', '@/scripts/**', '@/e2e/**'], message: 'The lab is imported by nothing in the product.' }
const door = {
  kubernetes: { group: ['@kubernetes/client-node', 'undici'], message: 'Only server/management and server/tenant-api talk to Kubernetes.' },
  prisma: { group: ['@prisma/*', '**/db/generated/**', '@electric-sql/*', 'pglite-prisma-adapter', 'pg'], message: 'Only server/db talks to the database.' },
  auth: { group: ['next-auth', 'next-auth/*'], message: 'Only server/auth (and components/shell through next-auth/react) knows next-auth.' },
}
const node = { group: ['node:*', 'fs', 'path', 'crypto', 'os'], message: 'lib is pure: it runs in the browser too.' }
const react = { group: ['react', 'react-dom', 'next', 'next/*'], message: 'lib is pure: no React, no Next.' }

const config = [
  { ignores: ['.next/**', '.tenantry/**', 'node_modules/**', 'server/db/generated/**', 'test-results/**', 'next-env.d.ts', 'playwright-report/**'] },
  ...next,
  ...nextTypeScript,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['lib/**'], rules: forbid(above('app', 'components', 'server'), lab, door.kubernetes, door.prisma, door.auth, node, react) },
  { files: ['components/**'], rules: forbid(above('app', 'server'), lab, door.kubernetes, door.prisma, { regex: '^next-auth(?!/react$)', message: door.auth.message }) },
  {
    files: ['app/**', 'components/**'],
    ignores: ['components/ui/**'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: "JSXOpeningElement[name.name='textarea'], JSXOpeningElement[name.name='input']:not(:has(JSXAttribute[name.name='type'] > Literal[value='file']))",
        message: 'Fields come from components/ui: they are read-only until the page listens, so that nothing typed is lost.',
      }],
    },
  },
  { files: ['app/**'], rules: forbid(lab, door.kubernetes, door.prisma, door.auth) },
  { files: ['server/**'], rules: forbid(above('app', 'components'), lab, door.kubernetes, door.prisma, door.auth) },
  { files: ['server/management/**', 'server/tenant-api/**'], rules: forbid(above('app', 'components'), lab, door.prisma, door.auth) },
  { files: ['server/db/**'], rules: forbid(above('app', 'components'), lab, door.kubernetes, door.auth) },
  { files: ['server/auth/**'], rules: forbid(above('app', 'components'), lab, door.kubernetes, door.prisma) },
  // What runs in a terminal speaks to it.
  { files: ['scripts/**', 'lab/**'], rules: { 'no-console': 'off' } },
  // Playwright's fixtures call their callback `use`, which the hooks rule takes for React's.
  { files: ['e2e/**'], rules: { 'react-hooks/rules-of-hooks': 'off' } },
]
export default config
