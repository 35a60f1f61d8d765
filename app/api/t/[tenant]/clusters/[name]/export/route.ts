import { exportCluster } from '@/server/objects/export'
import { requireSession, routeErrors } from '@/server/route'

/** GET -> what was asked for of the cluster as `<name>.tar.gz`: a folder for GitOps, without anything that may be a credential. */
export const GET = (_request: Request, { params }: { params: Promise<{ tenant: string; name: string }> }): Promise<Response> =>
  routeErrors(async () => {
    const session = await requireSession()
    const { tenant, name } = await params
    const folder = await exportCluster(session, { tenant, cluster: name })
    return new Response(new Uint8Array(folder), {
      headers: {
        'Content-Type': 'application/gzip',
        'Content-Disposition': `attachment; filename="${name}.tar.gz"`,
        'Cache-Control': 'no-store',
      },
    })
  })
