'use client'
import { FileDown } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { clusterHref } from '@/lib/cluster/href'
import type { ClusterView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { clock } from '@/components/ui/time'

interface Downloaded {
  readonly expires: string | null
}

/** The answer is a file with a token that ends by itself; it is asked for with POST so that no link can fetch it. */
async function download(tenant: string, cluster: string, role: 'cluster-admin' | 'view'): Promise<Downloaded | ErrorView> {
  const failed: ErrorView = { code: 'internal', message: 'The portal did not answer. No token was made.' }
  try {
    const answer = await fetch(`/api${clusterHref(tenant, cluster)}/kubeconfig?role=${role}`, { method: 'POST' })
    if (!answer.ok) {
      const body = (await answer.json().catch(() => null)) as { error?: ErrorView } | ErrorView | null
      return (body && 'error' in body ? body.error : (body as ErrorView | null)) ?? failed
    }
    const url = URL.createObjectURL(await answer.blob())
    const link = document.createElement('a')
    link.href = url
    link.download = `${cluster}.${tenant}.kubeconfig.yaml`
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
    return { expires: answer.headers.get('x-expires-at') }
  } catch {
    return failed
  }
}

export function KubeconfigButton({ cluster }: { cluster: ClusterView }) {
  const { name: tenant, access } = useTenant()
  const admin = useCan('download:kubeconfig')
  const view = useCan('download:view-kubeconfig')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const isAdmin = access.includes('download:kubeconfig')
  const can = isAdmin ? admin : view
  const waits = cluster.kubeconfig.ready ? null : cluster.kubeconfig.waitsFor

  const run = async () => {
    setBusy(true)
    const result = await download(tenant, cluster.name, isAdmin ? 'cluster-admin' : 'view')
    setBusy(false)
    if ('message' in result) return setError(result)
    const until = result.expires && !Number.isNaN(Date.parse(result.expires)) ? ` It works until ${clock(Date.parse(result.expires), true).slice(0, 5)}.` : ' Its token ends by itself; download another one then.'
    toast(`The kubeconfig of ${cluster.name} is in your downloads`, { description: `${isAdmin ? 'It may do everything in this cluster.' : 'It may look at everything but Secrets, and change nothing.'}${until}`, duration: 8000 })
  }

  return (
    <>
      <Button busy={busy} reason={can.reason ?? (waits ? `It waits for ${waits}.` : null)} onClick={() => void run()}>
        <FileDown size={16} aria-hidden />Kubeconfig
      </Button>
      <Dialog open={error !== null} onOpenChange={(open) => !open && setError(null)} title="No kubeconfig was made">
        {error ? <ErrorNote error={error} className="mt-3" /> : null}
        <DialogActions><Button onClick={() => setError(null)}>Close</Button></DialogActions>
      </Dialog>
    </>
  )
}
