'use server'
import { action } from '@/server/action'
import { continueCreate as continueUseCase } from '@/server/clusters/continue'
import { createCluster as createUseCase } from '@/server/clusters/create'
import { deleteCluster as deleteUseCase } from '@/server/clusters/delete'
import { removeLeftovers } from '@/server/clusters/remove'
import { letGo as letGoUseCase } from '@/server/doctor/let-go'
import { unstick as unstickUseCase } from '@/server/doctor/unstick'
import { createInput, deleteInput, letGoInput, operationInput, scaleInput, unstickInput } from '@/server/inputs'
import { scalePool as scaleUseCase } from '@/server/node-pools/scale'

/** { tenant, spec: ClusterSpec } -> { operationId }. A failure in the middle is 'interrupted' with `progress`. */
export const createCluster = action(createInput, 'create:cluster', createUseCase)

/** { tenant, operationId } -> { operationId }: applies the whole set of an interrupted create again. */
export const continueCreate = action(operationInput, 'create:cluster', continueUseCase)

/** { tenant, operationId } -> null: takes away what an interrupted create left behind. */
export const removeCluster = action(operationInput, 'delete:cluster', removeLeftovers)

/** { tenant, cluster, typedName } -> null. */
export const deleteCluster = action(deleteInput, 'delete:cluster', deleteUseCase)

/** { tenant, cluster, pool, replicas } -> null; `pool` is the pool's short name. */
export const scalePool = action(scaleInput, 'scale:node-pool', scaleUseCase)

/** { tenant, cluster, object: 'Kind/name', act } -> null: a safe step that the doctor offers. */
export const unstick = action(unstickInput, 'unstick:cluster', unstickUseCase)

/** { tenant, cluster, object, act, typedName } -> null: a last resort that the doctor offers. */
export const letGo = action(letGoInput, 'unstick:cluster', letGoUseCase)
