import 'server-only'
import { z } from 'zod'
import type { Ask, PoolChange, Rollout, RolloutMachine, Story, Trouble } from '@/lib/rollout/story'

const role = z.enum(['ok', 'busy', 'warn', 'bad', 'idle'])
const condition = z.looseObject({
  type: z.string(), status: z.enum(['True', 'False', 'Unknown']), reason: z.string(), message: z.string(), since: z.string().nullable(),
})
const trouble: z.ZodType<Trouble> = z.looseObject({
  key: z.string(), at: z.string(), until: z.string().nullable(), sentence: z.string(), condition: condition.nullable(),
})
const ask: z.ZodType<Ask> = z.looseObject({
  operationId: z.string(), kind: z.enum(['create', 'scale', 'replace', 'upgrade', 'delete']), who: z.string(), at: z.string(),
  pool: z.string().nullable(), from: z.number().nullable(), to: z.number().nullable(),
  version: z.string().exactOptional(), pools: z.array(z.string()).exactOptional(),
})
const phase = z.enum(['clone', 'address', 'power', 'boot', 'join', 'drain', 'delete'])
const step = z.enum(['requested', 'cloned', 'address', 'powered-on', 'bootstrapped', 'joined', 'ready'])
const word = z.enum([
  'Requested', 'Cloning', 'Waiting for address', 'Powering on', 'Bootstrapping', 'Joining', 'Ready', 'Not ready', 'Draining', 'Deleting', 'Failed',
])
const reason = z.enum(['no-address', 'quota', 'vcenter-away', 'template-missing', 'drain-blocked', 'preflight', 'paused', 'control-plane', 'other'])
const state = z.discriminatedUnion('is', [
  z.looseObject({ is: z.literal('rolling'), sentence: z.string().nullable(), condition: condition.nullable() }),
  z.looseObject({ is: z.literal('stalled'), reason: reason.catch('other'), sentence: z.string(), condition: condition.nullable(), since: z.string() }),
  z.looseObject({ is: z.literal('failed'), sentence: z.string(), condition: condition.nullable(), at: z.string() }),
  z.looseObject({ is: z.literal('done'), at: z.string() }),
])

const pool: z.ZodType<PoolChange> = z.looseObject({
  from: z.number().nullable(), to: z.number(), fromAt: z.string().exactOptional(), at: z.string().exactOptional(), kept: z.number().exactOptional(),
  sizes: z.array(z.enum(['cpus', 'memoryMiB', 'diskGiB'])).exactOptional(),
})
const rollout: z.ZodType<Rollout> = z.looseObject({
  kind: z.literal('rollout'), id: z.string(), tenant: z.string(), clusterUid: z.string(), cluster: z.string(),
  change: z.enum(['create', 'scale', 'replace', 'upgrade', 'repair', 'delete']), title: z.string(), asks: z.array(ask),
  pools: z.record(z.string(), pool),
  version: z.looseObject({ from: z.string().nullable(), to: z.string().nullable(), at: z.string().nullable().exactOptional() }),
  startedAt: z.string(), endedAt: z.string().nullable(), state,
  done: z.number(), total: z.number(), percent: z.number(), expectedEnd: z.string().nullable(),
  medians: z.partialRecord(phase, z.number()), troubles: z.array(trouble), seenAt: z.string().exactOptional(),
})
const machine: z.ZodType<RolloutMachine> = z.looseObject({
  kind: z.literal('rollout-machine'), id: z.string(), rollout: z.string(), tenant: z.string(), clusterUid: z.string(), uid: z.string(), name: z.string(),
  pool: z.string().nullable(), side: z.enum(['old', 'new']), address: z.string().nullable(), version: z.string().nullable(),
  steps: z.partialRecord(step, z.string()),
  leaving: z.looseObject({ deletion: z.string().nullable(), drained: z.string().nullable(), gone: z.string().nullable() }),
  last: z.looseObject({ word, role, sentence: z.string().nullable(), condition: condition.nullable(), percent: z.number().nullable() }),
  lastSeen: z.string(), troubles: z.array(trouble),
})
const story: z.ZodType<Story> = z.looseObject({ rollout, machines: z.record(z.string(), machine) })

/** Stored JSON as a story; null when another shape was written. Fields of a newer portal are kept: what is read is written again. */
export const parseStory = (json: unknown): Story | null => story.safeParse(json).data ?? null
export const parseRollout = (json: unknown): Rollout | null => rollout.safeParse(json).data ?? null
