import type { AddOnName, AddOnSettings } from '@/lib/addons/spec'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { PlaneReview } from '@/lib/control-plane/review'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import type { LastResort, SafeStep } from '@/lib/doctor/finding'
import type { InsideReport } from '@/lib/doctor/inside'
import type { Result } from '@/lib/errors'
import type { TypedSecrets } from '@/lib/node-config/secrets'
import type { ObjectDifference, PoolReview } from '@/lib/node-pool/review'
import type { PoolSpec } from '@/lib/node-pool/spec'
import type { UpgradeRequest } from '@/lib/upgrade/plan'
import type { UpgradeReview } from '@/lib/upgrade/view'

export interface PoolInput { readonly tenant: string; readonly cluster: string; readonly pool: string; readonly uid: string | null }
export interface PoolAddInput { readonly tenant: string; readonly cluster: string; readonly spec: PoolSpec; readonly secrets: TypedSecrets | null }
/** `seen` is the pool as the page showed it: what differs by now was changed by somebody else. */
export interface PoolChangeInput extends PoolInput { readonly uid: string; readonly seen: PoolSpec; readonly spec: PoolSpec; readonly secrets: TypedSecrets | null }

/** `seen` as of a pool; `uid` is the KamajiControlPlane's. */
export interface PlaneChangeInput { readonly tenant: string; readonly cluster: string; readonly uid: string; readonly seen: PlaneSpec; readonly spec: PlaneSpec }

/** `uid` and `from`: which cluster the page showed, and what its control plane ran. */
export interface UpgradeInput extends UpgradeRequest { readonly tenant: string; readonly cluster: string; readonly uid: string; readonly from: string }
export interface MachineInput { readonly tenant: string; readonly cluster: string; readonly machine: string; readonly uid: string }
interface OperationInput { readonly tenant: string; readonly operationId: string }

interface AddOnInput { readonly tenant: string; readonly cluster: string; readonly settings: AddOnSettings; readonly seen: AddOnSettings | null }

/** The server actions, handed down by the layout: components may not import from app or server. */
export interface TenantActions {
  readonly createCluster: (input: { tenant: string; spec: ClusterSpec; secrets: TypedSecrets | null }) => Promise<Result<{ operationId: string }>>
  readonly continueCreate: (input: { tenant: string; operationId: string }) => Promise<Result<unknown>>
  readonly removeCluster: (input: { tenant: string; operationId: string }) => Promise<Result<unknown>>
  readonly deleteCluster: (input: { tenant: string; cluster: string; typedName: string }) => Promise<Result<unknown>>
  readonly adoptCluster: (input: { tenant: string; cluster: string; uid: string }) => Promise<Result<unknown>>
  readonly scalePool: (input: { tenant: string; cluster: string; pool: string; replicas: number }) => Promise<Result<unknown>>
  readonly reviewPoolChange: (input: PoolChangeInput) => Promise<Result<PoolReview>>
  readonly changePool: (input: PoolChangeInput) => Promise<Result<unknown>>
  readonly reviewPoolAdd: (input: PoolAddInput) => Promise<Result<PoolReview>>
  readonly addPool: (input: PoolAddInput) => Promise<Result<unknown>>
  readonly reviewPoolRestart: (input: PoolInput) => Promise<Result<PoolReview>>
  readonly restartPool: (input: PoolInput) => Promise<Result<unknown>>
  readonly removePool: (input: PoolInput & { typedName: string }) => Promise<Result<unknown>>
  readonly reviewControlPlane: (input: PlaneChangeInput) => Promise<Result<PlaneReview>>
  readonly changeControlPlane: (input: PlaneChangeInput) => Promise<Result<unknown>>
  readonly reviewAddresses: (input: { tenant: string; cluster: string; pool: string; seen: readonly string[]; ranges: readonly string[] }) => Promise<Result<readonly ObjectDifference[]>>
  readonly changeAddresses: (input: { tenant: string; cluster: string; pool: string; seen: readonly string[]; ranges: readonly string[] }) => Promise<Result<unknown>>
  readonly reviewAddOn: (input: AddOnInput) => Promise<Result<readonly ObjectDifference[]>>
  readonly saveAddOn: (input: AddOnInput) => Promise<Result<unknown>>
  readonly removeAddOn: (input: { tenant: string; cluster: string; addOn: AddOnName }) => Promise<Result<unknown>>
  readonly lookIntoCluster: (input: { tenant: string; cluster: string }) => Promise<Result<InsideReport>>
  readonly reviewUpgrade: (input: UpgradeInput) => Promise<Result<UpgradeReview>>
  readonly startUpgrade: (input: UpgradeInput) => Promise<Result<unknown>>
  readonly pauseUpgrade: (input: OperationInput) => Promise<Result<unknown>>
  readonly continueUpgrade: (input: OperationInput) => Promise<Result<unknown>>
  readonly stopUpgrade: (input: OperationInput) => Promise<Result<unknown>>
  readonly lookAtMachine: (input: MachineInput) => Promise<Result<{ leaving: string }>>
  readonly replaceMachine: (input: MachineInput) => Promise<Result<unknown>>
  readonly removeMachine: (input: MachineInput) => Promise<Result<unknown>>
  readonly unstick: (input: { tenant: string; cluster: string; object: string; act: Exclude<SafeStep['act'], 'tell-platform'> }) => Promise<Result<unknown>>
  readonly letGo: (input: { tenant: string; cluster: string; object: string; act: LastResort['act']; typedName: string }) => Promise<Result<unknown>>
}

const unanswered = {
  ok: false,
  error: { code: 'internal', message: 'The portal did not answer. Nothing is lost: what was written shows on the page as soon as it answers again; if nothing shows, repeat it.' },
} as const

/** A request that never arrives rejects instead of answering: pages are told so in a Result, as of every other failure. */
export function answered(actions: TenantActions): TenantActions {
  const safe = <Input, Value>(act: (input: Input) => Promise<Result<Value>>) => (input: Input): Promise<Result<Value>> =>
    act(input).catch((error: unknown) => {
      // fetch rejects with a TypeError when there is no answer; everything else is a bug (or Next's redirect) and goes on.
      if (error instanceof TypeError) return unanswered
      throw error
    })
  return {
    createCluster: safe(actions.createCluster),
    continueCreate: safe(actions.continueCreate),
    removeCluster: safe(actions.removeCluster),
    deleteCluster: safe(actions.deleteCluster),
    adoptCluster: safe(actions.adoptCluster),
    scalePool: safe(actions.scalePool),
    reviewPoolChange: safe(actions.reviewPoolChange),
    changePool: safe(actions.changePool),
    reviewPoolAdd: safe(actions.reviewPoolAdd),
    addPool: safe(actions.addPool),
    reviewPoolRestart: safe(actions.reviewPoolRestart),
    restartPool: safe(actions.restartPool),
    removePool: safe(actions.removePool),
    reviewControlPlane: safe(actions.reviewControlPlane),
    changeControlPlane: safe(actions.changeControlPlane),
    reviewAddresses: safe(actions.reviewAddresses),
    changeAddresses: safe(actions.changeAddresses),
    reviewAddOn: safe(actions.reviewAddOn),
    saveAddOn: safe(actions.saveAddOn),
    removeAddOn: safe(actions.removeAddOn),
    lookIntoCluster: safe(actions.lookIntoCluster),
    reviewUpgrade: safe(actions.reviewUpgrade),
    startUpgrade: safe(actions.startUpgrade),
    pauseUpgrade: safe(actions.pauseUpgrade),
    continueUpgrade: safe(actions.continueUpgrade),
    stopUpgrade: safe(actions.stopUpgrade),
    lookAtMachine: safe(actions.lookAtMachine),
    replaceMachine: safe(actions.replaceMachine),
    removeMachine: safe(actions.removeMachine),
    unstick: safe(actions.unstick),
    letGo: safe(actions.letGo),
  }
}
