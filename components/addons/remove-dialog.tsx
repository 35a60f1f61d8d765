'use client'
import { useState } from 'react'
import { toast } from 'sonner'
import type { AddOnView } from '@/lib/addons/view'
import { ADD_ON_WORDS } from '@/lib/addons/words'
import type { ErrorView } from '@/lib/errors'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { AlertDialog, DialogActions } from '@/components/ui/dialog'

const STAYS = { cpi: '', csi: ' Its node part, StorageClass and volumes stay in the cluster, since Pods may use them; nothing attaches or makes volumes any more.', autoscaler: '', metrics: ' The cluster keeps the token, which nobody has any more, until somebody deletes the Secret bootstrap-token-metric in its kube-system.', proxy: ' The policy is taken out of the cluster. Pods that run keep what they have; the arguments of the API server stay.' } as const

export function RemoveAddOnDialog({ cluster, addOn: { name }, onClose }: { cluster: string; addOn: AddOnView; onClose: (changed: boolean) => void }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:add-ons')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const { title, without } = ADD_ON_WORDS[name]
  const remove = async () => {
    setBusy(true)
    setError(null)
    const result = await actions.removeAddOn({ tenant, cluster, addOn: name })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`${title} is removed`)
    onClose(true)
  }
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose(false)} title={`Remove ${title}?`} description={`${without}${STAYS[name]}`}>
      {error ? <ErrorNote error={error} className="mt-3" /> : null}
      <DialogActions>
        <Button onClick={() => onClose(false)}>Keep it</Button>
        <Button look="danger" busy={busy} reason={can.reason} onClick={() => void remove()}>Remove</Button>
      </DialogActions>
    </AlertDialog>
  )
}
