import { z } from 'zod'
import { OBJECT_KINDS } from '@/lib/manifests/export'
import { invalid } from '@/server/failure'
import { readObject } from '@/server/objects/read'
import { requireSession, routeErrors } from '@/server/route'
import { openTenant } from '@/server/tenants/open'

const asked = z.object({ kind: z.enum(OBJECT_KINDS), object: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/) })

/** GET ?kind=Machine&object=<name> -> ObjectText: one object as it is now, read as the person. */
export const GET = (request: Request, { params }: { params: Promise<{ tenant: string; name: string }> }): Promise<Response> =>
  routeErrors(async () => {
    const session = await requireSession()
    const ctx = await openTenant(session, (await params).tenant)
    const parsed = asked.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!parsed.success) throw invalid({ object: 'A kind that belongs to a cluster, and a name.' })
    return Response.json(await readObject(ctx, parsed.data.kind, parsed.data.object), { headers: { 'Cache-Control': 'no-store' } })
  })
