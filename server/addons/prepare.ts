import 'server-only'
import { randomInt } from 'node:crypto'
import { renderAddOn, type AddOnContext } from '@/lib/addons/render'
import { usesSignIn, type AddOnSettings } from '@/lib/addons/spec'
import type { KubeObject } from '@/lib/kubernetes/object'
import { withOwner } from '@/lib/manifests/labels'
import { findIdentity } from '@/lib/identity/select'
import { failure } from '@/server/failure'
import { listIdentities } from '@/server/identities/list'
import type { Asker } from '@/server/operations/asker'
import { runtime } from '@/server/runtime'
import { requirePermission } from '@/server/tenants/open'

/** Of which cluster, and where that is. */
export interface AddOnTarget {
  readonly cluster: string
  /** Of the control plane, as it is to be. */
  readonly kubernetes: string
  readonly identity: string | null
  /** null: the offer's. */
  readonly datacenter: string | null
  /** Of the API server; null: not known yet. */
  readonly apiPort: number | null
}

export interface PreparedAddOns {
  readonly wanted: readonly AddOnSettings[]
  /** One add-on's objects as the Cluster's own, secrets included: garbage collection takes them after it. */
  readonly objectsOf: (settings: AddOnSettings, owner: { readonly name: string; readonly uid: string }) => readonly KubeObject[]
}

/**
 * All that can be checked before the first write: that the person may change the cluster (the API server is asked now), that their tenant
 * has the identity, and that the management cluster would take every object.
 * @throws AppError 'forbidden' | 'conflict' | 'not-ready' | 'refused'
 */
export async function prepareAddOns(ctx: Asker, target: AddOnTarget, wanted: readonly AddOnSettings[]): Promise<PreparedAddOns> {
  if (wanted.length === 0) return { wanted, objectsOf: () => [] }
  await requirePermission(ctx, 'change:add-ons', 'now')
  const { identity, cluster, kubernetes } = target
  const option = identity === null ? null : findIdentity(listIdentities(ctx.tenant), identity)
  // The server comes from the platform's offer, never from the VSphereCluster: whoever names the server is sent the password.
  if (!option || identity === null) throw failure('conflict', `${cluster} has no vSphere identity that is offered to ${ctx.tenant}, so its add-ons have no sign-in. A platform admin can offer one.`)
  const { offer } = option
  const { own } = runtime()
  const signIn = wanted.some(({ name }) => usesSignIn(name)) ? await own.signInOf(identity) : null
  const metrics = wanted.some(({ name }) => name === 'metrics') ? await metricsOf(target) : NO_METRICS
  const context = (clusterId: string): AddOnContext => ({ tenant: ctx.tenant, cluster, kubernetes, offer, datacenter: target.datacenter ?? offer.datacenter, clusterId, signIn, ...metrics })
  const trial = wanted.flatMap((settings) => renderAddOn(settings, context('dry-run')))
  const answers = await Promise.allSettled(trial.map((object) => own.apply(object, { dryRun: true })))
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
  return { wanted, objectsOf: (settings, owner) => renderAddOn(settings, context(owner.uid)).map((object) => withOwner(object, owner)) }
}

const NO_METRICS = { apiPort: 0, serviceMonitors: false, scrapeSecret: null }

/** A new token each time: whoever writes metrics again renews it. @throws AppError 'not-ready' */
async function metricsOf({ cluster, apiPort }: AddOnTarget): Promise<Pick<AddOnContext, 'apiPort' | 'serviceMonitors' | 'scrapeSecret'>> {
  if (apiPort === null) throw failure('not-ready', `The API of ${cluster} has no address yet, so its metrics have no port. Try again when it has one.`)
  const scrapeSecret = Array.from({ length: 16 }, () => TOKEN_CHARACTERS[randomInt(TOKEN_CHARACTERS.length)]).join('')
  return { apiPort, serviceMonitors: await runtime().own.has('ServiceMonitor'), scrapeSecret }
}

/** Of a bootstrap token (k8s.io/cluster-bootstrap token/api/types.go, BootstrapTokenPattern). */
const TOKEN_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
