import { z } from 'zod'
import { assertOwnOrigin } from '@/server/auth/origin'
import { downloadKubeconfig } from '@/server/clusters/kubeconfig'
import { invalid } from '@/server/failure'
import { requireSession, routeErrors } from '@/server/route'

const role = z.enum(['cluster-admin', 'view'])

/** POST ?role=cluster-admin|view -> the kubeconfig as a file. POST, so that no link or image can ask for one. */
export const POST = (request: Request, { params }: { params: Promise<{ tenant: string; name: string }> }): Promise<Response> =>
  routeErrors(async () => {
    assertOwnOrigin(request.headers.get('origin'))
    const session = await requireSession()
    const { tenant, name } = await params
    const asked = role.safeParse(new URL(request.url).searchParams.get('role') ?? 'cluster-admin')
    if (!asked.success) throw invalid({ role: 'One of cluster-admin, view.' })
    const { yaml, expiresAt } = await downloadKubeconfig(session, { tenant, cluster: name, role: asked.data })
    return new Response(yaml, {
      headers: {
        'Content-Type': 'application/yaml',
        'Content-Disposition': `attachment; filename="${name}.${tenant}.kubeconfig.yaml"`,
        'Cache-Control': 'no-store',
        'X-Expires-At': expiresAt.toISOString(),
      },
    })
  })
