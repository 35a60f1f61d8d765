'use client'
import { useEffect, useState } from 'react'
import { toast } from 'sonner'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import type { PoolReview } from '@/lib/node-pool/review'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { AlertDialog, DialogActions } from '@/components/ui/dialog'

export function RestartDialog({ cluster, pool, onClose }: { cluster: ClusterView; pool: NodePoolView; onClose: () => void }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:node-pool')
  const [review, setReview] = useState<PoolReview | null>(null)
  const [error, setError] = useState<ErrorView | null>(null)
  const [busy, setBusy] = useState(false)
  const { name } = pool
  const at = { tenant, cluster: cluster.name, pool: name, uid: null }

  useEffect(() => {
    let open = true
    void actions.reviewPoolRestart({ tenant, cluster: cluster.name, pool: name, uid: null }).then((result) => {
      if (!open) return
      if (result.ok) setReview(result.value)
      else setError(result.error)
    })
    return () => { open = false }
  }, [actions, tenant, cluster.name, name])

  const restart = async () => {
    setBusy(true)
    setError(null)
    const result = await actions.restartPool(at)
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`Replacing the machines of pool ${name}`)
    onClose()
  }
  const blocked = review?.addresses.role === 'bad' ? review.addresses.words : null
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()} title={`Restart pool ${name}?`} description="Every machine is made anew from what the pool is made from now. Nothing else changes.">
      <div className="mt-3 min-h-16 space-y-1 text-ink-2" role="status">
        {review ? <><p>{review.summary}</p><p>{review.addresses.words}</p></> : error ? null : <p>Looking at what it takes…</p>}
      </div>
      {error ? <ErrorNote error={error} className="mt-3" /> : null}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" busy={busy} reason={can.reason ?? blocked ?? (review ? null : 'It is being looked at.')} onClick={() => void restart()}>Replace all machines</Button>
      </DialogActions>
    </AlertDialog>
  )
}
