'use client'
import { useState } from 'react'
import { toast } from 'sonner'
import type { ClusterView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import { plainVersion } from '@/lib/kubernetes/version'
import { stepWords } from '@/lib/upgrade/plan'
import type { UpgradeView } from '@/lib/upgrade/view'
import { listed } from '@/lib/text'
import { useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { AlertDialog, DialogActions } from '@/components/ui/dialog'

/** Nothing is taken back: what is done stays done, and what has begun goes to its end. */
export function StopDialog({ cluster, upgrade, onClose }: { cluster: ClusterView; upgrade: UpgradeView; onClose: () => void }) {
  const { name: tenant, actions } = useTenant()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const left = upgrade.steps.filter(({ done }) => !done).map(({ id }) => stepWords(id))
  const stop = async () => {
    setBusy(true)
    setError(null)
    const result = await actions.stopUpgrade({ tenant, operationId: upgrade.operationId })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast('The upgrade was stopped')
    onClose()
  }
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()} title={`Stop the upgrade of ${cluster.name}?`} description={`A step that is under way goes to its end; nothing is taken back. Not done yet: ${listed(left, 4)}. You can upgrade to ${plainVersion(upgrade.to)} again later.`}>
      {error ? <ErrorNote error={error} className="mt-3" /> : null}
      <DialogActions>
        <Button onClick={onClose}>Go on with it</Button>
        <Button look="danger" busy={busy} onClick={() => void stop()}>Stop the upgrade</Button>
      </DialogActions>
    </AlertDialog>
  )
}
