/** metav1 conditions, set as Kamaji's provider sets them: one tracked step after another. */

export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
  lastTransitionTime: string
  observedGeneration?: number
}

/** The order is the order of the provider's steps. */
export type ConditionType =
  | 'TenantControlPlaneCreated' | 'TenantControlPlaneAddressReady' | 'ControlPlaneEndpointPatched'
  | 'InfrastructureClusterPatched' | 'KamajiControlPlaneIsInitialized' | 'KubeadmResourcesCreated'
  | 'KamajiControlPlaneIsReady' | 'Available' | 'Paused'

/** Something that resolves by itself: the provider looks again in a second and says reason Failed, not Pending. */
export class NotYet extends Error {
  constructor(message: string) {
    super(`${message}, enqueue back`)
    this.name = 'NotYet'
  }
}

export function setCondition(conditions: Condition[], next: Omit<Condition, 'lastTransitionTime'> & { type: ConditionType }): void {
  const known = conditions.find(({ type }) => type === next.type)
  if (known === undefined) conditions.push({ ...next, lastTransitionTime: now() })
  else Object.assign(known, next, known.status === next.status ? {} : { lastTransitionTime: now() })
}

export function removeCondition(conditions: Condition[], type: ConditionType): void {
  const at = conditions.findIndex((condition) => condition.type === type)
  if (at >= 0) conditions.splice(at, 1)
}

/** Runs a step and says in the condition how it went. The error goes on to the caller: no step follows a failed one. */
export async function track<T>(conditions: Condition[], type: ConditionType, observedGeneration: number, step: () => Promise<T> | T): Promise<T> {
  try {
    const result = await step()
    setCondition(conditions, { type, status: 'True', reason: 'Succeeded', message: '', observedGeneration })
    return result
  } catch (error) {
    const reason = error instanceof NotYet ? 'Failed' : 'Pending'
    const message = error instanceof Error ? error.message : String(error)
    setCondition(conditions, { type, status: 'False', reason, message, observedGeneration })
    throw error
  }
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`
}
