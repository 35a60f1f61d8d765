import 'server-only'
import { meantArgs } from '@/lib/control-plane/extra-args'
import type { PlaneReview } from '@/lib/control-plane/review'
import { dig, listIn, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { objectDifference } from '@/lib/manifests/difference'
import { preparePlane } from '@/server/control-plane/prepare'
import type { ChangePlaneInput } from '@/server/inputs'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** What a change would do, with every object dry-run as the person. Writes nothing. @throws AppError as the change itself would */
export async function reviewControlPlane(ctx: TenantContext, input: ChangePlaneInput): Promise<PlaneReview> {
  requireLive(ctx)
  const { plan: { changes, summary, replacesPods }, live, accepted } = await preparePlane(ctx, runtime().asUser(ctx.identity), input)
  const objects = accepted.flatMap((object) => objectDifference(asMeant(object.kind === 'Cluster' ? live.cluster : live.controlPlane), asMeant(object)))
  return { changes, summary, replacesPods, replicas: input.spec.controlPlane.replicas, objects }
}

const ARGS = ['spec', 'apiServer', 'extraArgs']

/** An argument that is said twice (lib/control-plane/extra-args.ts) is nobody's wish. */
const asMeant = (object: KubeObject): KubeObject =>
  dig(object, ...ARGS) === undefined ? object : withAt(object, ARGS, meantArgs(listIn(object, ...ARGS).map(String)))
