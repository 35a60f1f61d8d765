'use client'
import { useEffect, useState } from 'react'
import { toast } from 'sonner'
import type { ErrorView } from '@/lib/errors'
import { shortMachineName } from '@/lib/kubernetes/names'
import type { MachineView } from '@/lib/machine/view'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { AlertDialog, DialogActions } from '@/components/ui/dialog'

export type MachineAct = 'replace' | 'remove'

/** One chosen machine, made anew or taken away, with how it goes. */
export function MachineDialog({ machine, act, onClose }: { machine: MachineView; act: MachineAct; onClose: () => void }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('remove:machine')
  const [leaving, setLeaving] = useState<string | null>(null)
  const [error, setError] = useState<ErrorView | null>(null)
  const [busy, setBusy] = useState(false)
  const { name, uid, cluster, pool } = machine
  const short = shortMachineName(name, cluster)

  useEffect(() => {
    let open = true
    void actions.lookAtMachine({ tenant, cluster, machine: name, uid }).then((result) => {
      if (!open) return
      if (result.ok) setLeaving(result.value.leaving)
      else setError(result.error)
    })
    return () => { open = false }
  }, [actions, tenant, cluster, name, uid])

  const go = async () => {
    setBusy(true)
    setError(null)
    const result = await (act === 'replace' ? actions.replaceMachine : actions.removeMachine)({ tenant, cluster, machine: name, uid })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(act === 'replace' ? `Replacing ${short}` : `Removing ${short}`)
    onClose()
  }
  const [title, verb, words] = act === 'replace'
    ? [`Replace ${short}?`, 'Replace the machine', `Pool ${pool ?? ''} has one machine less until the new one has joined. It needs no further address: the old one’s comes free first.`]
    : [`Remove ${short}?`, 'Remove the machine', `Pool ${pool ?? ''} keeps one machine less; none takes its place. Its address comes free.`]
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()} title={title} description={words}>
      <div className="mt-3 min-h-10 text-ink-2" role="status">{leaving ?? (error ? null : 'Looking at what it takes…')}</div>
      {error ? <ErrorNote error={error} className="mt-3" /> : null}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look={act === 'replace' ? 'primary' : 'danger'} busy={busy} reason={can.reason ?? (leaving === null ? 'It is being looked at.' : null)} onClick={() => void go()}>{verb}</Button>
      </DialogActions>
    </AlertDialog>
  )
}
