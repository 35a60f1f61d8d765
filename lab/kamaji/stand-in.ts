/**
 * The lab's stand-in for Kamaji and its Cluster API provider. Kamaji runs Pods, and the lab has no kubelet; what the portal and
 * Cluster API see of it (KamajiControlPlane, Secrets, endpoint, a tenant's API server) is the same.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabContext } from '../context'
import type { LabPart } from '../part'
import type { LabPartName } from '../contract'
import { kubeRest } from '../kube-rest'
import { logFileOf } from '../process'
import { startRounds } from '../rounds'
import { versions } from '../versions'
import { openDatastore } from './datastore'
import { openAddressPool } from './loopback-address'
import { group, namesOf, reconcile, type KamajiControlPlane } from './provider'
import { Task } from './task'
import { TenantControlPlane, tenantsDir, type Tools } from './tenant-control-plane'

const everyMs = 1_000
/** An object that is as it should be is looked at this often: Secrets that someone deleted, processes that died. */
const settledMs = 4_000
const startsAtOnce = 2

interface Tenant {
  readonly plane: TenantControlPlane
  /** The provider's half. */
  readonly reconciling: Task
  /** Kamaji's half: apart, so that a rolling API server holds up neither status nor deletion. */
  readonly converging: Task
  /** resourceVersion at the last pass: a change is looked at without delay. */
  seen: string
}

export async function startKamajiStandIn(ctx: LabContext): Promise<LabPart> {
  const log = ctx.log('kamaji')
  const rest = await kubeRest(await readFile(ctx.adminKubeconfig, 'utf8'))
  const addresses = await openAddressPool(join(ctx.stateDir, 'kamaji'), ctx.ports)
  const datastore = await openDatastore(ctx.etcd)
  const tools: Tools = { ctx, rest, addresses, datastore, inTurn: limit(startsAtOnce), log }
  const tenants = new Map<string, Tenant>()

  const tenantOf = async (namespace: string, name: string): Promise<Tenant> => {
    const key = `${namespace}/${name}`
    const known = tenants.get(key)
    if (known !== undefined) return known
    const say = (line: string) => ctx.signal.aborted || log(`${key}: ${line}`)
    const tenant = { plane: await TenantControlPlane.open(tools, namespace, name), reconciling: new Task(say), converging: new Task(say), seen: '' }
    tenants.set(key, tenant)
    return tenant
  }

  const look = async (object: KamajiControlPlane) => {
    const { namespace = '', name, resourceVersion = '', deletionTimestamp, ownerReferences } = object.metadata
    const tenant = await tenantOf(namespace, name)
    const { plane, reconciling, converging } = tenant
    const changed = tenant.seen !== resourceVersion
    const pauseMs = () => (plane.settled ? settledMs : 0)
    tenant.seen = resourceVersion
    if (deletionTimestamp !== undefined) {
      plane.process.abandon()
      return reconciling.offer(async () => {
        await converging.finished()
        await reconcile(rest, object, plane)
        tenants.delete(`${namespace}/${name}`)
        return 0
      }, changed)
    }
    reconciling.offer(async () => ((await reconcile(rest, object, plane)) ? pauseMs() : 0), changed)
    const clusterName = ownerReferences?.[0]?.name
    if (clusterName === undefined || !plane.exists) return
    converging.offer(async () => {
      await plane.converge(namesOf(object, { metadata: { name: clusterName } }))
      return pauseMs()
    }, changed)
  }

  /** Whose KamajiControlPlane went without us: a finalizer taken by force, or a lab that was down. */
  const sweep = async (present: ReadonlySet<string>) => {
    const kept = await readdir(tenantsDir(ctx)).catch(() => [])
    for (const key of new Set([...kept.map((dir) => dir.replace('_', '/')), ...tenants.keys()])) {
      if (present.has(key)) continue
      const [namespace = '', name = ''] = key.split('/')
      const tenant = await tenantOf(namespace, name)
      if (tenant.reconciling.busy) continue
      tenant.plane.process.abandon()
      await tenant.converging.finished()
      await tenant.plane.remove()
      tenants.delete(key)
    }
  }

  const round = async () => {
    const objects = await rest.list<KamajiControlPlane>(`${group}/kamajicontrolplanes`)
    await Promise.all(objects.map(look))
    await sweep(new Set(objects.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)))
  }
  const rounds = startRounds({ everyMs, signal: ctx.signal, log, round })
  const finished = () => Promise.all([...tenants.values()].flatMap(({ reconciling, converging }) => [reconciling.finished(), converging.finished()]))
  const planeOf = (name: LabPartName): TenantControlPlane => {
    const plane = tenants.get(name.slice('tenant-api:'.length))?.plane
    if (plane === undefined) throw new Error(`the lab has no part ${name}`)
    return plane
  }

  return {
    name: 'kamaji',
    owns: (name) => name === 'kamaji' || name.startsWith('tenant-api:'),
    status: async () => {
      const own = { name: 'kamaji', health: rounds.health(), version: `stand-in for ${versions.kamajiProvider}`, pid: null, restarts: 0, logFile: logFileOf(ctx.logDir, 'kamaji') } as const
      const parts = await Promise.all([...tenants.values()].map(({ plane }) => plane.part()))
      return [own, ...parts.filter((part) => part !== undefined)]
    },
    // Kamaji's absence ends no tenant's API server, in the lab as in truth.
    kill: async (name) => {
      if (name !== 'kamaji') return planeOf(name).process.kill()
      await rounds.pause()
      await finished()
    },
    revive: async (name) => (name === 'kamaji' ? rounds.resume() : planeOf(name).process.revive()),
    stop: async () => {
      await rounds.stop()
      await finished()
      await Promise.all([...tenants.values()].map(({ plane }) => plane.process.stop()))
      await Promise.all([rest.close(), datastore.close()])
    },
  }
}

/** At most `most` at a time; the others wait. */
function limit(most: number): Tools['inTurn'] {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
