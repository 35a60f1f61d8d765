'use client'
import { FolderDown } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { clusterHref } from '@/lib/cluster/href'
import type { ErrorView } from '@/lib/errors'
import { useTenant } from '@/components/live/hooks'
import { download } from '@/components/state/download'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { unanswered } from './answer'

export function ExportButton({ cluster, reason }: { cluster: string; reason: string | null }) {
  const { name: tenant } = useTenant()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const run = async () => {
    setBusy(true)
    const result = await download(`/api${clusterHref(tenant, cluster)}/export`, 'GET', `${cluster}.tar.gz`, unanswered('Nothing was exported.'))
    setBusy(false)
    if ('message' in result) return setError(result)
    toast(`The export of ${cluster} is in your downloads`, { description: 'A folder for GitOps: what was asked for, without anything that may be a credential.', duration: 8000 })
  }
  return (
    <>
      <Button busy={busy} reason={reason} onClick={() => void run()}><FolderDown size={16} aria-hidden />Export</Button>
      <Dialog open={error !== null} onOpenChange={(open) => !open && setError(null)} title="Nothing was exported">
        {error ? <ErrorNote error={error} className="mt-3" /> : null}
        <DialogActions><Button onClick={() => setError(null)}>Close</Button></DialogActions>
      </Dialog>
    </>
  )
}
