import 'server-only'
import { z } from 'zod'
import { ADD_ONS, addOnSettings } from '@/lib/addons/spec'
import { clusterSpec } from '@/lib/cluster/rules'
import { planeShape } from '@/lib/control-plane/spec'
import { typedSecrets } from '@/lib/node-config/secrets'
import { poolShape } from '@/lib/node-pool/spec'
import type { StepId } from '@/lib/upgrade/plan'

/** What the server actions take. The tenant is part of every input: actions have no URL to take it from. */
const tenant = z.string().min(1).max(63)
const cluster = z.string().min(1).max(63)

/** What was typed for machines' Secret; nothing keeps it but that Secret. */
const secrets = typedSecrets.nullish()

export const createInput = z.object({ tenant, spec: clusterSpec, secrets })
export const operationInput = z.object({ tenant, operationId: z.uuid() })
export const deleteInput = z.object({ tenant, cluster, typedName: z.string().max(63) })
const object = z.string().regex(/^[A-Za-z]{1,63}\/[a-z0-9.-]{1,253}$/)
export const unstickInput = z.object({ tenant, cluster, object, act: z.enum(['resume', 'skip-drain', 'skip-volume-detach', 'look-again']) })
export const letGoInput = z.object({ tenant, cluster, object, act: z.enum(['hooks', 'protection', 'left-behind']), typedName: z.string().max(253) })
export const lookInput = z.object({ tenant, cluster })
export const scaleInput = z.object({ tenant, cluster, pool: z.string().min(1).max(63), replicas: z.number().int().min(0).max(500) })

/** What an Operation row of a scale says: written by one version of the portal, read by the next. */
const scaled = { machineDeployment: z.string(), from: z.number().int(), to: z.number().int() }
/** `parts`: of a pool in several zones, the MachineDeployments whose share changes. */
export const scaleIntent = z.object({ pool: z.string(), ...scaled, parts: z.array(z.object(scaled)).optional() })

/**
 * Acts on pools. Rules of the spec need the world around it and are asked in the use case. `uid` is the MachineDeployment's, by
 * which one that was made anew under the name is noticed; null where the page does not know it.
 */
const pool = z.string().min(1).max(63)
const uid = z.string().min(1).max(63)
export const changePoolInput = z.object({ tenant, cluster, pool, uid, seen: poolShape, spec: poolShape, secrets })
export const addPoolInput = z.object({ tenant, cluster, spec: poolShape, secrets })
export const removePoolInput = z.object({ tenant, cluster, pool, uid: uid.nullable(), typedName: z.string().max(63) })
export const restartPoolInput = z.object({ tenant, cluster, pool, uid: uid.nullable() })

/** `uid` is the KamajiControlPlane's; rules are asked in the use case, of what differs. */
export const changePlaneInput = z.object({ tenant, cluster, uid, seen: planeShape, spec: planeShape })
export const planeIntent = z.object({ uid, seen: planeShape, spec: planeShape, words: z.string() })

/** `seen` are the ranges that the page showed; `pool` is the InClusterIPPool's name. */
const ranges = z.array(z.string().max(200)).max(64).readonly()
export const changeAddressesInput = z.object({ tenant, cluster, pool: z.string().min(1).max(253), seen: ranges, ranges })
/** `uid` is the Cluster's, as the page showed it. */
export const adoptInput = z.object({ tenant, cluster, uid })
export const adoptIntent = z.object({ tool: z.enum(['Helm', 'another tool']), release: z.string().nullable() })

/** What their Operation rows say. `from` and `to` are sizes. */
const count = z.number().int().nullable()
const named = z.object({ kind: z.string(), name: z.string(), uid: z.string() })
export const changeIntent = z.object({ pool, uid, seen: poolShape, spec: poolShape, words: z.string(), rolls: z.boolean(), from: count, to: count })
export const addIntent = z.object({ pool, size: poolShape.shape.size, to: z.number().int(), objects: z.array(z.looseObject({ kind: z.string() })).readonly() })
export const removeIntent = z.object({ pool, from: z.number().int(), removes: z.array(named.extend({ uid: z.string().nullable() })), templates: z.array(named) })
export const restartIntent = z.object({ pool, uid, after: z.iso.datetime() })
export const tidyIntent = z.object({ templates: z.array(named) })

export type ChangeAddressesInput = z.infer<typeof changeAddressesInput>
/** `seen`: as the page showed it, null for one that is not installed. Rules are asked in the use case, with the cluster's version. */
export const saveAddOnInput = z.object({ tenant, cluster, settings: addOnSettings, seen: addOnSettings.nullable() })
export const removeAddOnInput = z.object({ tenant, cluster, addOn: z.enum(ADD_ONS) })
export const addOnIntent = z.discriminatedUnion('act', [
  z.object({ act: z.literal('save'), settings: addOnSettings, kubernetes: z.string() }),
  z.object({ act: z.literal('remove'), addOn: z.enum(ADD_ONS) }),
])

export type SaveAddOnInput = z.infer<typeof saveAddOnInput>
export type RemoveAddOnInput = z.infer<typeof removeAddOnInput>
export type AddOnIntent = z.infer<typeof addOnIntent>
/**
 * An upgrade: `uid` and `from` are the Cluster's and what its control plane ran when the page was shown. What its row says is
 * what was found of each pool then; `desired` is the control plane's version in the spec, which differs from `from` where Kamaji
 * refused one.
 */
const template = z.string().min(1).max(2048)
export const upgradeInput = z.object({ tenant, cluster, uid, from: z.string().max(60), version: z.string().max(60), pools: z.array(z.object({ name: pool, template })).max(100).readonly() })
const upgradeStep = z.object({
  id: z.custom<StepId>((id) => typeof id === 'string' && /^(?:control-plane|add-ons|pool\/.{1,63})$/.test(id)),
  pool: z.object({ name: pool, uid, template, was: z.object({ version: z.string(), template: z.string() }), onDelete: z.boolean() }).nullable(),
})
export const upgradeIntent = z.object({ from: z.string(), desired: z.string(), to: z.string(), pools: z.array(z.string()), steps: z.array(upgradeStep) })

/** One chosen machine; `uid` is the Machine's. */
export const machineInput = z.object({ tenant, cluster, machine: z.string().min(1).max(253), uid })
export const machineIntent = z.object({ pool, machine: z.string(), uid })
export const removeMachineIntent = machineIntent.extend({ machineDeployment: z.string(), from: z.number().int(), to: z.number().int() })

export type MachineInput = z.infer<typeof machineInput>
export type MachineIntent = z.infer<typeof machineIntent>
export type RemoveMachineIntent = z.infer<typeof removeMachineIntent>
export type UpgradeInput = z.infer<typeof upgradeInput>
export type UpgradeIntent = z.infer<typeof upgradeIntent>
export type UpgradeStep = z.infer<typeof upgradeStep>
export type ChangePoolInput = z.infer<typeof changePoolInput>
export type AddPoolInput = z.infer<typeof addPoolInput>
export type RemovePoolInput = z.infer<typeof removePoolInput>
export type RestartPoolInput = z.infer<typeof restartPoolInput>
export type ChangeIntent = z.infer<typeof changeIntent>
export type AddIntent = z.infer<typeof addIntent>
export type RemoveIntent = z.infer<typeof removeIntent>
export type RestartIntent = z.infer<typeof restartIntent>
export type ChangePlaneInput = z.infer<typeof changePlaneInput>
export type PlaneIntent = z.infer<typeof planeIntent>
export type AdoptInput = z.infer<typeof adoptInput>
export type LookInput = z.infer<typeof lookInput>
export type UnstickInput = z.infer<typeof unstickInput>
export type LetGoInput = z.infer<typeof letGoInput>
export type ScaleIntent = z.infer<typeof scaleIntent>
export type ScaleInput = z.infer<typeof scaleInput>
export type DeleteInput = z.infer<typeof deleteInput>
export type OperationInput = z.infer<typeof operationInput>
export type CreateInput = z.infer<typeof createInput>
