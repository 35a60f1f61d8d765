'use client'
import { Plus, X } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import type { AddressPoolView } from '@/lib/cluster/view'
import type { ErrorView } from '@/lib/errors'
import { type HeldAddress, rangesProblems, usableIn } from '@/lib/ip-pool/ranges'
import type { ObjectDifference } from '@/lib/node-pool/review'
import { useCan, useClusters, useTenant } from '@/components/live/hooks'
import { ObjectDifferences } from '@/components/node-pool/object-differences'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Note } from '@/components/ui/note'
import { clashing } from './clash'

interface Props {
  readonly cluster: string
  readonly endpoint: string | null
  readonly pool: AddressPoolView
  readonly held: readonly HeldAddress[]
}

/** The ranges of a pool, changed in place: no machine is touched. Until somebody types, the fields follow the pool. */
export function RangesForm({ cluster, endpoint, pool, held }: Props) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:addresses')
  const [typed, type] = useState<{ readonly seen: readonly string[]; readonly ranges: readonly string[] } | null>(null)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  /** Of the ranges as they are typed now. */
  const [review, setReview] = useState<readonly ObjectDifference[] | null>(null)
  const others = useClusters().flatMap(({ name, addresses }) => (name === cluster || addresses.kind === 'dhcp' ? [] : [{ name, ranges: addresses.ranges }]))
  const ranges = typed?.ranges ?? pool.ranges
  const changed = typed !== null && ranges.join() !== pool.ranges.join()
  const found = new Map(changed ? rangesProblems(ranges, { prefix: pool.prefix ?? 0, gateway: pool.gateway, endpoint, held }).map(({ path, message }) => [path.join('.'), message]) : [])
  const said = (path: string): string | undefined => (tried ? found.get(path) : undefined) ?? error?.fields?.[path]
  const put = (next: readonly string[]) => {
    type({ seen: typed?.seen ?? pool.ranges, ranges: next })
    setError(null)
    setReview(null)
  }
  const after = changed && found.size === 0 ? usableIn(ranges, pool.prefix ?? 0, pool.gateway) : null
  const clash = changed ? clashing(ranges, others) : null

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (busy || can.reason || !changed || found.size > 0) return
    setBusy(true)
    setError(null)
    const input = { tenant, cluster, pool: pool.pool, seen: typed?.seen ?? pool.ranges, ranges }
    if (review === null) {
      const asked = await actions.reviewAddresses(input)
      setBusy(false)
      return asked.ok ? setReview(asked.value) : setError(asked.error)
    }
    const result = await actions.changeAddresses(input)
    setBusy(false)
    setReview(null)
    if (!result.ok) return setError(result.error)
    toast(`Pool ${pool.pool} has its new ranges`)
    type(null)
    setTried(false)
  }

  return (
    <form onSubmit={(event) => void submit(event)} noValidate aria-label={`Ranges of ${pool.pool}`} className="space-y-3 border-t border-line pt-4">
      <h3 className="font-medium">Ranges</h3>
      {ranges.map((range, index) => (
        <div key={index} className="flex items-end gap-2">
          <Field label={<span className={index === 0 ? '' : 'sr-only'}>Range {index + 1}</span>} error={said(`ranges.${index}`)} className="flex-1">
            <Input mono value={range} placeholder="10.40.12.96-10.40.12.111" autoCapitalize="off" onChange={({ currentTarget }) => put(ranges.with(index, currentTarget.value))} onBlur={() => setTried(true)} />
          </Field>
          {ranges.length > 1 ? <Button square look="ghost" aria-label={`Remove range ${index + 1}`} onClick={() => put(ranges.filter((_, at) => at !== index))}><X size={14} aria-hidden /></Button> : null}
        </div>
      ))}
      {said('ranges') ? <Note role="bad" alert><p className="[overflow-wrap:anywhere]">{said('ranges')}</p></Note> : null}
      {clash ? <Note role="warn"><p>{clash} Two machines could get the same address.</p></Note> : null}
      {error && Object.keys(error.fields ?? {}).length === 0 ? <ErrorNote error={error} /> : null}
      <p className="text-12 text-ink-3" role="status">{after === null ? 'More addresses are there for machines at once. What a machine holds cannot be taken away.' : `${after > 1_000_000n ? 'More than a million' : after} addresses then; ${pool.used} stay in use.`}</p>
      {review ? <ObjectDifferences objects={review} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={busy} reason={can.reason ?? (changed ? null : 'Nothing differs from the pool as it is.')}>{review ? 'Save ranges' : 'Review ranges'}</Button>
        <Button onClick={() => put([...ranges, ''])} reason={can.reason}><Plus size={14} aria-hidden />Add range</Button>
        {changed ? <Button look="ghost" onClick={() => { type(null); setTried(false); setError(null); setReview(null) }}>Undo</Button> : null}
      </div>
    </form>
  )
}
