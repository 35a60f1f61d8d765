import { defineConfig } from 'prisma/config'

// No datasource URL: the client is given its driver adapter in server/db, migrations are applied by server/db/migrate.ts.
export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } })
