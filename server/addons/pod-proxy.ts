import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { names } from '@/lib/addons/names'
import { emptiedSet, type PolicyArgs } from '@/lib/addons/pod-proxy'
import { policyVersion, SWITCHED_OFF, withPolicyArgs } from '@/lib/addons/policy-version'
import type { ClusterView } from '@/lib/cluster/view'
import { argsToWrite, countedArgs, meantArgs } from '@/lib/control-plane/extra-args'
import { listIn, numberIn, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { appliedPart } from '@/lib/manifests/applied'
import { otherOwners } from '@/lib/manifests/ownership'
import { listed } from '@/lib/text'
import { kamajiDeployment } from '@/server/control-plane/find'
import { failure } from '@/server/failure'
import { toAppError } from '@/server/management/status'
import type { UserClient } from '@/server/management/user-client'
import type { Asker } from '@/server/operations/asker'
import type { Lease } from '@/server/operations/lease'
import { runtime } from '@/server/runtime'
import { deletePodProxy } from '@/server/tenant-api/pod-proxy'
import { findControlPlane } from '@/server/upgrade/control-plane'

const ARGS = ['spec', 'apiServer', 'extraArgs'] as const
/** Cluster API sees a change at once; longer than this it does not run, or is paused. */
const NOTICED_MS = 20_000

export interface PolicyPlane { readonly next: KubeObject; readonly read: KubeObject }

const liveArgs = (controlPlane: KubeObject): readonly string[] => listIn(controlPlane, ...ARGS).filter((arg) => typeof arg === 'string')

/** What the API server lacks to take the policy. @throws AppError 'not-ready' where there is no control plane of Kamaji */
export async function policyArgsOf(ctx: Asker, client: UserClient, cluster: ClusterView, kubernetes: string): Promise<PolicyArgs> {
  if (policyVersion(kubernetes) !== 'v1beta1') return 'enough'
  const args = meantArgs(liveArgs((await findControlPlane(ctx, client, cluster)).object))
  const wanted = withPolicyArgs(args)
  return wanted === null ? 'off' : wanted === args ? 'enough' : 'missing'
}

/**
 * The control plane as it has to be for the policy, checked by a dry run as the person, and as it was read; null where it is so already.
 * @throws AppError 'conflict' when they are switched off or another tool set them: nothing is forced
 */
export async function preparePolicyArgs(ctx: Asker, client: UserClient, cluster: ClusterView, kubernetes: string): Promise<PolicyPlane | null> {
  if (policyVersion(kubernetes) !== 'v1beta1') return null
  const { object } = await findControlPlane(ctx, client, cluster)
  const live = liveArgs(object)
  const args = meantArgs(live)
  const wanted = withPolicyArgs(args)
  if (wanted === null) throw failure('conflict', SWITCHED_OFF)
  if (wanted === args) return null
  const owners = otherOwners(object, ARGS)
  if (owners.length > 0) throw failure('conflict', `Another tool (${listed(owners, 3)}) set the arguments of the API server. Nothing was forced, and nothing was written. Add ${listed(wanted.filter((arg) => !args.includes(arg)), 2)} there, then install this again.`)
  const next = withAt(appliedPart(object), ARGS, argsToWrite(live, wanted, countedArgs(object, live, await kamajiDeployment(ctx, client, object))))
  await client.dryRunApply(next)
  return { next, read: object }
}

/**
 * Takes the policy out of the tenant cluster before the ClusterResourceSet goes, which would leave it there. The set carries nothing from then on,
 * and Cluster API has taken note of that before the policy goes: it would be brought back otherwise. The set itself is left: as long as
 * it is there, the add-on is not removed.
 * @throws AppError 'not-ready' when the tenant's API does not answer: then nothing was changed
 */
export async function takePolicyOut(ctx: Asker, cluster: ClusterView, lease: Pick<Lease, 'assertHeld'>): Promise<void> {
  const { name, endpoint, kubeconfig } = cluster
  const still = 'The policy is still in the cluster, and nothing was removed.'
  if (!kubeconfig.ready) throw failure('not-ready', `The API of ${name} cannot be reached yet: it waits for ${kubeconfig.waitsFor}. ${still}`)
  const admin = await runtime().system.readKubeconfigSecret(ctx.tenant, name).catch((error: unknown) => {
    throw toAppError(error, `the kubeconfig of ${name}`)
  })
  const at = { cluster: name, tenant: ctx.tenant, endpoint }
  await deletePodProxy(admin, at, { dryRun: true })
  lease.assertHeld()
  await stopCarrying(ctx, name)
  lease.assertHeld()
  await deletePodProxy(admin, at, { dryRun: false })
}

async function stopCarrying(ctx: Asker, cluster: string): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const read = () => client.get('ClusterResourceSet', ctx.tenant, names.proxy(cluster))
  const set = await read()
  if (set === null || set.metadata.deletionTimestamp !== undefined) return
  const { metadata } = await runtime().own.apply(emptiedSet(appliedPart(set)))
  const written = numberIn({ metadata }, 'metadata', 'generation') ?? 0
  for (const until = performance.now() + NOTICED_MS; performance.now() < until; await sleep(300)) {
    const now = await read()
    if (now === null || (numberIn(now, 'status', 'observedGeneration') ?? 0) >= written) return
  }
  throw failure('not-ready', `Cluster API has not taken note that ${cluster} is to lose its proxy in Pods. The policy is still in the cluster. Try again in a moment.`)
}
