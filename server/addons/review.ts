import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { stringIn } from '@/lib/kubernetes/dig'
import { appliedPart } from '@/lib/manifests/applied'
import { objectDifference } from '@/lib/manifests/difference'
import { shownYaml } from '@/lib/manifests/shown'
import type { ObjectDifference } from '@/lib/node-pool/review'
import { prepareSave } from '@/server/addons/save'
import type { SaveAddOnInput } from '@/server/inputs'
import type { KindName } from '@/server/management/kinds'
import { nameOf } from '@/server/operations/apply'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** Of what an add-on consists of, people may read these; the others are compared with what the settings of before would have written. */
const READABLE: ReadonlySet<string> = new Set<KindName>(['Deployment', 'ClusterResourceSet', 'KamajiControlPlane'])

/** What saving would write, object by object, Secrets left out. Writes nothing. @throws AppError as saving would */
export async function reviewAddOn(ctx: TenantContext, input: SaveAddOnInput): Promise<readonly ObjectDifference[]> {
  requireLive(ctx)
  const { cluster, prepared, controlPlane } = await prepareSave(ctx, input)
  const client = runtime().asUser(ctx.identity)
  const render = (settings: SaveAddOnInput['seen']) => (settings === null ? [] : prepared.objectsOf(settings, cluster).filter(({ kind }) => kind !== 'Secret'))
  const [before, after] = [render(input.seen), [...(controlPlane ? [controlPlane.next] : []), ...render(input.settings)]]
  const counterpart = async (object: KubeObject): Promise<KubeObject | null> => {
    if (!READABLE.has(object.kind)) return before.find((candidate) => nameOf(candidate) === nameOf(object)) ?? null
    const live = await client.get(object.kind as KindName, ctx.tenant, object.metadata.name)
    return live && appliedPart(live)
  }
  const differences = await Promise.all(after.map(async (object) => objectDifference(await counterpart(object), object, textOf)))
  const gone = before.filter((object) => !after.some((candidate) => nameOf(candidate) === nameOf(object)))
  return [...differences.flat(), ...gone.map(({ kind, metadata }) => ({ kind, name: metadata.name, what: 'removed', lines: [] }) as const)]
}

/** What a ConfigMap carries into the tenant cluster is what matters of it. */
const textOf = (object: KubeObject): string => stringIn(object, 'data', 'objects.yaml') ?? shownYaml(object)
