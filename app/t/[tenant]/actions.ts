'use server'
import { action } from '@/server/action'
import { removeAddOn as removeAddOnUseCase } from '@/server/addons/remove'
import { reviewAddOn as reviewAddOnUseCase } from '@/server/addons/review'
import { saveAddOn as saveAddOnUseCase } from '@/server/addons/save'
import { changeAddresses as changeAddressesUseCase, reviewAddresses as reviewAddressesUseCase } from '@/server/addresses/change'
import { adoptCluster as adoptUseCase } from '@/server/adopt/adopt'
import { continueCreate as continueUseCase } from '@/server/clusters/continue'
import { createCluster as createUseCase } from '@/server/clusters/create'
import { deleteCluster as deleteUseCase } from '@/server/clusters/delete'
import { removeLeftovers } from '@/server/clusters/remove'
import { changeControlPlane as changePlaneUseCase } from '@/server/control-plane/change'
import { reviewControlPlane as reviewPlaneUseCase } from '@/server/control-plane/review'
import { letGo as letGoUseCase } from '@/server/doctor/let-go'
import { lookIntoCluster as lookUseCase } from '@/server/doctor/look'
import { unstick as unstickUseCase } from '@/server/doctor/unstick'
import {
  addPoolInput, adoptInput, changeAddressesInput, changePlaneInput, changePoolInput, createInput, deleteInput, letGoInput, lookInput, machineInput, operationInput, removeAddOnInput,
  removePoolInput, restartPoolInput, saveAddOnInput, scaleInput, unstickInput, upgradeInput,
} from '@/server/inputs'
import { lookAtMachine as lookAtMachineUseCase } from '@/server/machines/look'
import { removeMachine as removeMachineUseCase } from '@/server/machines/remove'
import { replaceMachine as replaceMachineUseCase } from '@/server/machines/replace'
import { addPool as addPoolUseCase } from '@/server/node-pools/add'
import { changePool as changePoolUseCase } from '@/server/node-pools/change'
import { removePool as removePoolUseCase } from '@/server/node-pools/remove'
import { restartPool as restartPoolUseCase } from '@/server/node-pools/restart'
import { reviewAdd, reviewChange, reviewRestart } from '@/server/node-pools/review'
import { scalePool as scaleUseCase } from '@/server/node-pools/scale'
import { continueUpgrade as continueUpgradeUseCase, pauseUpgrade as pauseUpgradeUseCase, stopUpgrade as stopUpgradeUseCase } from '@/server/upgrade/hold'
import { reviewUpgrade as reviewUpgradeUseCase, startUpgrade as startUpgradeUseCase } from '@/server/upgrade/start'

/** { tenant, spec: ClusterSpec } -> { operationId }. A failure in the middle is 'interrupted' with `progress`. */
export const createCluster = action(createInput, 'create:cluster', createUseCase)

/** { tenant, operationId } -> { operationId }: applies the whole set of an interrupted create again. */
export const continueCreate = action(operationInput, 'create:cluster', continueUseCase)

/** { tenant, operationId } -> null: takes away what an interrupted create left behind. */
export const removeCluster = action(operationInput, 'delete:cluster', removeLeftovers)

/** { tenant, cluster, typedName } -> null. */
export const deleteCluster = action(deleteInput, 'delete:cluster', deleteUseCase)

/** { tenant, cluster, uid } -> null: a cluster that another tool made becomes the portal's to change. */
export const adoptCluster = action(adoptInput, 'adopt:cluster', adoptUseCase)

/** { tenant, cluster, pool, replicas } -> null; `pool` is the pool's short name. */
export const scalePool = action(scaleInput, 'scale:node-pool', scaleUseCase)

/** { tenant, cluster, object: 'Kind/name', act } -> null: a safe step that the doctor offers. */
export const unstick = action(unstickInput, 'unstick:cluster', unstickUseCase)

/** { tenant, cluster } -> InsideReport: what the tenant cluster's nodes and volumes prove. Writes nothing. */
export const lookIntoCluster = action(lookInput, 'download:view-kubeconfig', lookUseCase)

/** { tenant, cluster, object, act, typedName } -> null: a last resort that the doctor offers. */
export const letGo = action(letGoInput, 'unstick:cluster', letGoUseCase)

/** { tenant, cluster, pool, uid, seen, spec } -> PoolReview: what changePool would do. Writes nothing. */
export const reviewPoolChange = action(changePoolInput, 'change:node-pool', reviewChange)
export const changePool = action(changePoolInput, 'change:node-pool', changePoolUseCase)

/** { tenant, cluster, spec } -> PoolReview. Writes nothing. */
export const reviewPoolAdd = action(addPoolInput, 'change:node-pool', reviewAdd)
export const addPool = action(addPoolInput, 'change:node-pool', addPoolUseCase)

/** { tenant, cluster, pool, uid } -> PoolReview. Writes nothing. */
export const reviewPoolRestart = action(restartPoolInput, 'change:node-pool', reviewRestart)
export const restartPool = action(restartPoolInput, 'change:node-pool', restartPoolUseCase)

/** { tenant, cluster, pool, uid, typedName } -> null. */
export const removePool = action(removePoolInput, 'change:node-pool', removePoolUseCase)

/** { tenant, cluster, uid, seen, spec } -> PlaneReview. Writes nothing. */
export const reviewControlPlane = action(changePlaneInput, 'change:control-plane', reviewPlaneUseCase)
export const changeControlPlane = action(changePlaneInput, 'change:control-plane', changePlaneUseCase)

/** { tenant, cluster, pool, seen, ranges } -> null: the ranges of the cluster's own InClusterIPPool, as `seen` before. */
export const reviewAddresses = action(changeAddressesInput, 'change:addresses', reviewAddressesUseCase)
export const changeAddresses = action(changeAddressesInput, 'change:addresses', changeAddressesUseCase)

/** { tenant, cluster, settings, seen } -> ObjectDifference[]. Writes nothing. */
export const reviewAddOn = action(saveAddOnInput, 'change:add-ons', reviewAddOnUseCase)

/** { tenant, cluster, settings, seen } -> null: installs an add-on, changes it, or writes it anew. */
export const saveAddOn = action(saveAddOnInput, 'change:add-ons', saveAddOnUseCase)

/** { tenant, cluster, addOn } -> null. */
export const removeAddOn = action(removeAddOnInput, 'change:add-ons', removeAddOnUseCase)

/** { tenant, cluster, uid, from, version, pools: [{ name, template }] } -> UpgradeReview. Writes nothing. */
export const reviewUpgrade = action(upgradeInput, 'upgrade:cluster', reviewUpgradeUseCase)
export const startUpgrade = action(upgradeInput, 'upgrade:cluster', startUpgradeUseCase)

/** { tenant, operationId } -> null: between the steps of an upgrade. */
export const pauseUpgrade = action(operationInput, 'upgrade:cluster', pauseUpgradeUseCase)
export const continueUpgrade = action(operationInput, 'upgrade:cluster', continueUpgradeUseCase)
export const stopUpgrade = action(operationInput, 'upgrade:cluster', stopUpgradeUseCase)

/** { tenant, cluster, machine, uid } -> { leaving }: how it would go, in words. Writes nothing. */
export const lookAtMachine = action(machineInput, 'view:cluster', lookAtMachineUseCase)
export const replaceMachine = action(machineInput, 'remove:machine', replaceMachineUseCase)
export const removeMachine = action(machineInput, 'remove:machine', removeMachineUseCase)
