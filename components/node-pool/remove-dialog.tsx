'use client'
import { useRef, useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import { plural } from '@/lib/text'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { AlertDialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

export function RemoveDialog({ cluster, pool, onClose }: { cluster: ClusterView; pool: NodePoolView; onClose: () => void }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:node-pool')
  const [typed, type] = useState('')
  const [wrong, setWrong] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const machines = plural(pool.total, 'machine')
  const rest = cluster.pools.length > 1 ? 'What runs there moves to other pools, where it may.' : 'It is the last pool: nothing runs in the cluster until you add another one. The control plane stays, and a new pool begins as this one was.'

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (can.reason) return
    if (typed.trim() !== pool.name) {
      setWrong(true)
      return input.current?.focus()
    }
    setBusy(true)
    setError(null)
    const result = await actions.removePool({ tenant, cluster: cluster.name, pool: pool.name, uid: null, typedName: typed.trim() })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`Removing pool ${pool.name}`, { description: 'It stays in the list until its machines are gone.' })
    onClose()
  }
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()} initialFocus={input} title={`Remove pool ${pool.name}?`} description={pool.total === 0 ? `It has no machines.${cluster.pools.length > 1 ? '' : ` ${rest}`}` : `Its ${machines} ${pool.total === 1 ? 'is drained, then deleted with its disk' : 'are drained, then deleted with their disks'}. ${rest}`}>
      <form onSubmit={(event) => void submit(event)} noValidate className="mt-4">
        <Field label={<>Type <span className="mono font-semibold">{pool.name}</span></>} error={wrong && typed.trim() !== pool.name ? `The name is ${pool.name}.` : undefined}>
          <Input ref={input} mono value={typed} onChange={(event) => type(event.currentTarget.value)} autoCapitalize="off" />
        </Field>
        {error ? <ErrorNote error={error} className="mt-4" /> : null}
        <DialogActions>
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" look="danger" busy={busy} reason={can.reason}>{pool.total === 0 ? 'Remove pool' : `Remove pool and ${machines}`}</Button>
        </DialogActions>
      </form>
    </AlertDialog>
  )
}
