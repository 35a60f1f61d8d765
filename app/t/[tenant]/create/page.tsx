import type { Metadata } from 'next'
import { CreatePage } from '@/components/create/create-page'
import { tenantPage } from '@/server/pages'

export const metadata: Metadata = { title: 'Create cluster' }

export default async function Create({ params }: { params: Promise<{ tenant: string }> }) {
  const { interrupted, leftBehind } = await tenantPage((await params).tenant)
  return (
    <CreatePage
      leftBehind={leftBehind.map(({ name }) => name)}
      interrupted={interrupted.map(({ operationId, cluster, exist, missing, error }) => ({
        cluster,
        progress: { operationId, exist, missing },
        error: error === null ? null : { code: 'interrupted', message: error },
      }))}
    />
  )
}
