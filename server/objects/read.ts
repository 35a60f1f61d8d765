import 'server-only'
import { ADD_ON_LABEL } from '@/lib/addons/names'
import { isAddOnKind, readable, type ObjectKind } from '@/lib/manifests/export'
import { withoutCredentials } from '@/lib/manifests/left-out'
import type { ObjectText } from '@/lib/manifests/object-row'
import { toYaml } from '@/lib/manifests/yaml'
import { cleanText } from '@/lib/text'
import { notFound } from '@/server/failure'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/** etcd takes 1.5 MiB; YAML is a little longer than JSON. */
const MAX_TEXT = 4 * 1024 * 1024

/**
 * One object of the tenant as it is now, read as the person.
 * @throws AppError 'not-found' | 'forbidden'
 */
export async function readObject(ctx: TenantContext, kind: ObjectKind, name: string): Promise<ObjectText> {
  const found = await runtime().asUser(ctx.identity).get(kind, ctx.tenant, name)
  // Of a Deployment that is no add-on's nobody knows what it carries in the clear.
  if (!found || (isAddOnKind(kind) && found.metadata.labels?.[ADD_ON_LABEL] === undefined)) throw notFound(`${kind} ${JSON.stringify(name.slice(0, 63))}`)
  const { object, leftOut } = withoutCredentials(readable(found))
  return { yaml: `${cleanText(toYaml([object]), MAX_TEXT)}\n`, leftOut }
}
