import type { Metadata } from 'next'
import { CreatePage } from '@/components/create/create-page'
import { leftBehindPage, tenantPage } from '@/server/pages'

export const metadata: Metadata = { title: 'Create cluster' }

export default async function Create({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params
  const [{ interrupted }, leftBehind] = await Promise.all([tenantPage(tenant), leftBehindPage(tenant)])
  return (
    <CreatePage
      leftBehind={leftBehind}
      interrupted={interrupted.map(({ operationId, cluster, exist, missing, error }) => ({
        cluster,
        progress: { operationId, exist, missing },
        error: error === null ? null : { code: 'interrupted', message: error },
      }))}
    />
  )
}
