import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { plainVersion } from '@/lib/kubernetes/version'
import { canonicalJson } from '@/lib/manifests/hash'
import { objectDifference } from '@/lib/manifests/difference'
import type { AddressAnswer } from '@/lib/node-pool/review'
import { poolOfStep } from '@/lib/upgrade/plan'
import { behindWords } from '@/lib/upgrade/versions'
import type { UpgradeReview } from '@/lib/upgrade/view'
import { audited } from '@/server/audit/audited'
import { invalid } from '@/server/failure'
import type { UpgradeInput } from '@/server/inputs'
import { reviewOf } from '@/server/node-pools/review'
import { endingOf, withOperation, type Ending } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'
import { driveUpgrade, isUnderWay, upgradeEnding } from '@/server/upgrade/drive'
import { prepareUpgrade, type PreparedUpgrade } from '@/server/upgrade/prepare'

/** What an upgrade would do, with every object dry-run as the person. Writes nothing. @throws AppError as startUpgrade does */
export async function reviewUpgrade(ctx: TenantContext, input: UpgradeInput): Promise<UpgradeReview> {
  requireLive(ctx)
  const prepared = await prepareUpgrade(ctx, runtime().asUser(ctx.identity), input)
  const { intent: { from, to, steps }, cluster, controlPlane, pools } = prepared
  const named = new Set(pools.map(({ name }) => name))
  return {
    from, to,
    steps: steps.map(({ id }) => {
      const plan = pools.find(({ name }) => name === poolOfStep(id))?.prepared.plan
      return { id, words: plan?.summary ?? OTHER_STEPS[id] ?? '', machines: plan?.machinesReplaced ?? 0 }
    }),
    stays: cluster.pools.flatMap((pool) => {
      const words = named.has(pool.name) ? null : behindWords(pool, to)
      return words === null ? [] : [{ pool: pool.name, version: pool.version ?? '', words }]
    }),
    machinesReplaced: pools.reduce((sum, { prepared: { plan } }) => sum + plan.machinesReplaced, 0),
    addresses: addressesOf(prepared),
    objects: [...(controlPlane === null ? [] : objectDifference(controlPlane.before, controlPlane.accepted)), ...pools.flatMap(({ prepared: pool }) => reviewOf(pool).objects)],
  }
}

const OTHER_STEPS: Readonly<Record<string, string>> = {
  'control-plane': 'Kamaji starts API servers of the new version and ends the old ones; machines keep running.',
  'add-ons': 'Those that follow the minor version of Kubernetes get the one that fits.',
}

const WORST: readonly AddressAnswer['role'][] = ['ok', 'warn', 'bad']

/** Pools go one after another, so the one that needs the most decides. */
function addressesOf({ pools }: PreparedUpgrade): AddressAnswer {
  const answers = pools.map(({ prepared }) => prepared.addresses)
  const [worst] = answers.toSorted((a, b) => WORST.indexOf(b.role) - WORST.indexOf(a.role) || b.needed - a.needed)
  return worst ?? { needed: 0, free: null, role: 'ok', words: 'It needs no address: no machine is replaced.' }
}

/**
 * Begins an upgrade: writes its first step and leaves the rest to whichever replica looks at it next (server/upgrade/resume.ts).
 * @throws AppError 'invalid' | 'conflict' | 'refused' before anything is written; 'conflict' too while another upgrade of the
 * cluster is not at its end
 */
export async function startUpgrade(ctx: TenantContext, input: UpgradeInput): Promise<{ operationId: string }> {
  const { cluster: name } = input
  return audited(ctx, 'upgrade:cluster', `Cluster/${name}`, async () => {
    requireLive(ctx)
    const { cluster, intent, pools } = await prepareUpgrade(ctx, runtime().asUser(ctx.identity), input)
    const short = pools.find(({ prepared }) => prepared.addresses.role === 'bad')
    if (short) throw invalid({ [`pools.${short.name}`]: `Pool ${short.name}: ${short.prepared.addresses.words}` })
    const at = { id: randomUUID(), cluster: name, clusterUid: cluster.uid }
    const { user: who, groups } = ctx.session
    const hash = createHash('sha256').update(canonicalJson(intent)).digest('hex')
    const row = { ...at, tenant: ctx.tenant, kind: 'upgrade', who, groups, hash, spec: intent, missing: intent.steps.map(({ id }) => id) } as const
    await withOperation(row, async (lease) => {
      noteAct(ctx, { ...at, key: `${at.id}:asked`, subject: null, text: `The upgrade from ${plainVersion(intent.from)} to ${plainVersion(intent.to)} was asked for` })
      await driveUpgrade(ctx, { ...row, applied: [] }, lease, 'upgrade:cluster')
    }, firstEnding).catch(unlessUnderWay)
    runtime().live.lookAtUpgrades()
    return { operationId: at.id }
  })
}

/** The person is there and is told: what was refused has not begun. */
const firstEnding = (error: unknown): Ending => (isUnderWay(error) ? upgradeEnding({ attempts: 1 })(error) : endingOf(error))

export function unlessUnderWay(error: unknown): void {
  if (!isUnderWay(error)) throw error
}
