import 'server-only'
import { datastoreSecret, leftBehindSecret, type LeftBehind, type LeftBehindSecret } from '@/lib/doctor/left-behind'
import { nameOf } from '@/lib/doctor/finding'
import { deletedClusters } from '@/server/db/rollouts'
import { over } from '@/server/doctor/held'
import { invalid } from '@/server/failure'
import type { LetGoInput } from '@/server/inputs'
import { toAppError } from '@/server/management/status'
import { log } from '@/server/log'
import { runtime } from '@/server/runtime'
import { requireLive, requirePermission, type TenantContext } from '@/server/tenants/open'

/** Deletions that are looked back at, the latest first. The portal may not list Secrets: it asks for one by the name of its cluster. */
const MOST = 20

/** Deletions after which nothing was there: nothing comes back. By tenant, cluster and time. */
const clean = new Set<string>()
const CLEAN_MOST = 5_000

/** All that former clusters of the tenant have left. Secrets are passed over while the database or the management cluster is away. */
export async function leftBehindIn(tenant: string): Promise<readonly LeftBehind[]> {
  const { db, live } = runtime()
  const planes = live.leftBehind(tenant)
  if (live.health().state === 'away') return planes
  const deleted = await deletedClusters(db, tenant, MOST, live.tenantUid(tenant)).catch((error: unknown) => {
    log.warn({ event: 'left-behind.list', err: error }, 'deletions could not be read')
    return []
  })
  const secrets = await Promise.all(deleted.map(async ({ cluster, deletedAt }) => {
    const key = `${tenant}/${cluster}@${deletedAt.getTime()}`
    if (clean.has(key)) return null
    const { secret, absent } = await lookFor(tenant, cluster)
    if (absent) {
      if (clean.size >= CLEAN_MOST) clean.clear()
      clean.add(key)
    }
    return secret
  }))
  return [...planes, ...secrets.filter((secret) => secret !== null)]
}

/** What keeps another cluster from having the name. */
export async function leftBehindBy(tenant: string, cluster: string): Promise<LeftBehind | null> {
  return runtime().live.leftBehind(tenant).find(({ name }) => name === cluster) ?? (await lookFor(tenant, cluster)).secret
}

/** A look that fails finds nothing, and is no proof of it. */
async function lookFor(tenant: string, cluster: string): Promise<{ readonly secret: LeftBehindSecret | null; readonly absent: boolean }> {
  const { live, system } = runtime()
  try {
    const found = await system.readDatastoreSecret(tenant, cluster)
    return { secret: found && leftBehindSecret(cluster, found, live.hosts), absent: found === null }
  } catch (error) {
    log.warn({ event: 'left-behind.look', tenant, cluster, err: error }, 'a Secret that Kamaji may have left could not be looked for')
    return { secret: null, absent: false }
  }
}

/**
 * Takes Kamaji's protection from the Secret of a control plane that is gone. The portal writes it as itself, since nobody of a tenant
 * may write Secrets (chart/rbac/add-ons-policy.yaml allows this one change); the person has to be one who may delete clusters here.
 * @throws AppError 'invalid' when the typed name is another one, 'conflict' when it is not left behind (any more)
 */
export async function letGoOfLeftBehind(ctx: TenantContext, { cluster, object, typedName }: LetGoInput): Promise<null> {
  requireLive(ctx)
  const { system, live, own, asUser, discovery } = runtime()
  await requirePermission(ctx, 'unstick:cluster', 'now')
  if (object !== `Secret/${datastoreSecret(cluster)}`) throw over(object)
  if (typedName !== nameOf(object)) throw invalid({ typedName: `Type ${nameOf(object)} to let go of it.` })
  const found = await system.readDatastoreSecret(ctx.tenant, cluster).catch((error: unknown) => {
    throw toAppError(error, object)
  })
  if (!found || !leftBehindSecret(cluster, found, live.hosts)) throw over(object)
  // What is known may be a moment old: the control plane is asked for itself.
  const plane = (await discovery.path('TenantControlPlane')) === null ? null : await asUser(ctx.identity).get('TenantControlPlane', ctx.tenant, cluster)
  if (plane && (found.metadata.ownerReferences ?? []).some(({ uid }) => uid === plane.metadata.uid)) throw over(object)
  await own.letGoOfDatastoreSecret(ctx.tenant, found)
  return null
}
