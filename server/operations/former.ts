import 'server-only'
import type { OperationRow } from '@/server/db/operations'
import { runtime } from '@/server/runtime'

/** It was asked for in an earlier Namespace of that name, whose people may have been others. */
export function isOfFormerTenant({ tenant, namespaceUid }: Pick<OperationRow, 'tenant' | 'namespaceUid'>): boolean {
  const now = runtime().live.tenantUid(tenant)
  return now !== null && namespaceUid !== null && namespaceUid !== now
}
