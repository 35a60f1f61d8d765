'use client'
import { useRef, useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import { waitingIn } from '@/lib/node-pool/addresses'
import { planeVersion, skewHold } from '@/lib/node-pool/skew'
import { useCan, useMachines, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { NumberField } from '@/components/ui/number-field'
import { scaleWords } from './scale-words'

export function ScaleDialog({ cluster, pool, onClose }: { cluster: ClusterView; pool: NodePoolView; onClose: () => void }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('scale:node-pool')
  const machines = useMachines(cluster.name)
  const [replicas, setReplicas] = useState<number | null>(pool.desired)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const field = useRef<HTMLDivElement>(null)
  const words = scaleWords(pool, replicas, { addresses: cluster.addresses, waiting: waitingIn(cluster.pools, cluster.addresses, machines), held: skewHold(pool, planeVersion(cluster)), networks: cluster.networks, desired: cluster.machines.desired })

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (words.problem || replicas === null) return field.current?.querySelector<HTMLElement>('input:not([aria-hidden])')?.focus()
    if (replicas === pool.desired) return onClose()
    setBusy(true)
    setError(null)
    const result = await actions.scalePool({ tenant, cluster: cluster.name, pool: pool.name, replicas })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`Pool ${pool.name} goes to ${replicas === 1 ? '1 machine' : `${replicas} machines`}`)
    onClose()
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Scale pool ${pool.name}`} description={`It has ${pool.desired === 1 ? '1 machine' : `${pool.desired} machines`} in ${cluster.name}.`}>
      <form onSubmit={(event) => void submit(event)} noValidate className="mt-4">
        <div ref={field}><Field label="Machines" error={words.problem ?? error?.fields?.['replicas']}>
          <NumberField value={replicas} onChange={setReplicas} min={0} max={100} />
        </Field></div>
        <div className="mt-3 min-h-16 text-ink-2" role="status">
          {words.problem ? null : <><p>{words.effect}</p>{words.addresses ? <p className="mt-1">{words.addresses}</p> : null}</>}
        </div>
        {error ? <ErrorNote error={error} className="mt-3" /> : null}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy} reason={can.reason}>{words.verb}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
