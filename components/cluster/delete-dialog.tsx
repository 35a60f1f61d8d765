'use client'
import { useRef, useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import type { ClusterView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { AlertDialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { plural } from '@/lib/text'

export function DeleteDialog({ cluster, onClose }: { cluster: ClusterView; onClose: () => void }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('delete:cluster')
  const [typed, type] = useState('')
  const [wrong, setWrong] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const machines = plural(cluster.machines.total, 'machine')

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() !== cluster.name) {
      setWrong(true)
      input.current?.focus()
      return
    }
    setBusy(true)
    setError(null)
    const result = await actions.deleteCluster({ tenant, cluster: cluster.name, typedName: typed.trim() })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`Deleting ${cluster.name}`, { description: 'It stays in the list until it is gone.' })
    onClose()
  }

  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()} initialFocus={input} title={`Delete ${cluster.name}?`} description="This can't be undone. What runs in the cluster stops, and nothing of it is kept.">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <ul className="mt-3 list-disc space-y-1 pl-5 text-ink-2 marker:text-ink-3">
          <li>{cluster.machines.total === 0 ? 'No machine exists yet' : <><b className="text-ink">{machines}</b> {cluster.machines.total === 1 ? 'and its disk' : 'and their disks'} in vSphere</>}</li>
          <li>the hosted control plane with everything stored in its API</li>
          {cluster.addresses.kind === 'pool' ? <li>the address pool; {plural(cluster.addresses.total, 'address', 'addresses')} become free</li> : null}
        </ul>
        {cluster.findings?.some(({ cause, subject }) => cause === 'paused' && subject === `Cluster/${cluster.name}`) ? <p className="mt-3 text-ink-2">It is paused: deletion begins once it is resumed.</p> : null}
        <div className="mt-4">
          <Field label={<>Type <span className="mono font-semibold">{cluster.name}</span></>} error={wrong && typed.trim() !== cluster.name ? typed.trim() ? `The name is ${cluster.name}, not “${typed.trim()}”.` : `The name is ${cluster.name}.` : undefined}>
            <Input ref={input} mono value={typed} onChange={(event) => type(event.currentTarget.value)} autoCapitalize="off" />
          </Field>
        </div>
        {error ? <ErrorNote error={error} className="mt-4" /> : null}
        <DialogActions>
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" look="danger" busy={busy} reason={can.reason}>{cluster.machines.total === 0 ? 'Delete cluster' : `Delete cluster and ${machines}`}</Button>
        </DialogActions>
      </form>
    </AlertDialog>
  )
}
