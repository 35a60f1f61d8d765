'use client'
import { FileDown } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { clusterHref } from '@/lib/cluster/href'
import type { ClusterView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import { useCan, useTenant } from '@/components/live/hooks'
import { download } from '@/components/state/download'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { clock } from '@/components/ui/time'

const FAILED: ErrorView = { code: 'internal', message: 'The portal did not answer. No token was made.' }

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
    // A file with a token that ends by itself; asked for with POST so that no link can fetch it.
    const result = await download(`/api${clusterHref(tenant, cluster.name)}/kubeconfig?role=${isAdmin ? 'cluster-admin' : 'view'}`, 'POST', `${cluster.name}.${tenant}.kubeconfig.yaml`, FAILED)
    setBusy(false)
    if ('message' in result) return setError(result)
    const expires = result.get('x-expires-at')
    const until = expires && !Number.isNaN(Date.parse(expires)) ? ` It works until ${clock(Date.parse(expires), true).slice(0, 5)}.` : ' Its token ends by itself; download another one then.'
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
