import 'server-only'
import { z } from 'zod'
import { clusterSpec } from '@/lib/cluster/rules'

/** What the server actions take. The tenant is part of every input: actions have no URL to take it from. */
const tenant = z.string().min(1).max(63)
const cluster = z.string().min(1).max(63)

export const createInput = z.object({ tenant, spec: clusterSpec })
export const operationInput = z.object({ tenant, operationId: z.uuid() })
export const deleteInput = z.object({ tenant, cluster, typedName: z.string().max(63) })
const object = z.string().regex(/^[A-Za-z]{1,63}\/[a-z0-9.-]{1,253}$/)
export const unstickInput = z.object({ tenant, cluster, object, act: z.enum(['resume', 'skip-drain', 'skip-volume-detach', 'look-again']) })
export const letGoInput = z.object({ tenant, cluster, object, act: z.enum(['hooks', 'protection']), typedName: z.string().max(253) })
export const scaleInput = z.object({ tenant, cluster, pool: z.string().min(1).max(63), replicas: z.number().int().min(0).max(500) })

/** What an Operation row of a scale says: written by one version of the portal, read by the next. */
export const scaleIntent = z.object({ pool: z.string(), machineDeployment: z.string(), from: z.number().int(), to: z.number().int() })

export type UnstickInput = z.infer<typeof unstickInput>
export type LetGoInput = z.infer<typeof letGoInput>
export type ScaleIntent = z.infer<typeof scaleIntent>
export type ScaleInput = z.infer<typeof scaleInput>
export type DeleteInput = z.infer<typeof deleteInput>
export type OperationInput = z.infer<typeof operationInput>
export type CreateInput = z.infer<typeof createInput>
