import type { ClusterSpec } from '@/lib/cluster/spec'
import type { Result } from '@/lib/errors'

/** The server actions, handed down by the layout: components may not import from app or server. */
export interface TenantActions {
  readonly createCluster: (input: { tenant: string; spec: ClusterSpec }) => Promise<Result<{ operationId: string }>>
  readonly continueCreate: (input: { tenant: string; operationId: string }) => Promise<Result<unknown>>
  readonly removeCluster: (input: { tenant: string; operationId: string }) => Promise<Result<unknown>>
  readonly deleteCluster: (input: { tenant: string; cluster: string; typedName: string }) => Promise<Result<unknown>>
  readonly scalePool: (input: { tenant: string; cluster: string; pool: string; replicas: number }) => Promise<Result<unknown>>
}
