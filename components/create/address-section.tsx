'use client'
import { useDeferredValue, useState } from 'react'
import { useController, useWatch } from 'react-hook-form'
import { addressesNeeded, rangeFix } from '@/lib/cluster/rules/address-rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { useClusters } from '@/components/live/hooks'
import { Glyph } from '@/components/state/glyph'
import { Segmented } from '@/components/ui/segmented'
import { addressCells } from './address-cells'
import { AddressGrid } from './address-grid'
import { FormSection, two } from './form-section'
import { CountField, ListField, TextField } from './spec-field'
import type { CreateForm } from './use-create-form'

type Pool = Extract<ClusterSpec['addresses'], { kind: 'pool' }>
const empty: Pool = { kind: 'pool', range: '', prefix: 24, gateway: '', nameservers: [] }

export function AddressSection({ form }: { form: CreateForm }) {
  const { control } = form
  const { field: { onChange } } = useController({ control, name: 'addresses' })
  const kind = useWatch({ control, name: 'addresses.kind' })
  // What was typed comes back when one returns from DHCP.
  const [left, leave] = useState<Pool>(empty)
  const choose = (next: 'pool' | 'dhcp') => {
    if (next === kind) return
    const held = form.getValues('addresses')
    if (held.kind === 'pool') leave(held)
    form.clearErrors('addresses')
    onChange(next === 'dhcp' ? { kind: 'dhcp' } : left)
  }
  return (
    <FormSection title="Addresses" id="s-addresses">
      <Segmented labelledBy="s-addresses" value={kind} onChange={choose} choices={[{ value: 'pool', label: 'Own range' }, { value: 'dhcp', label: 'DHCP' }]} />
      {kind === 'dhcp' ? <p className="text-ink-2">The network’s DHCP server gives each machine an address. How many are free is not known here; a machine without one waits.</p> : <PoolFields form={form} />}
    </FormSection>
  )
}

function PoolFields({ form }: { form: CreateForm }) {
  const { control } = form
  const spec = useDeferredValue(useWatch({ control })) as ClusterSpec
  const others = useClusters().flatMap((cluster) => (cluster.addresses.kind === 'pool' ? cluster.addresses.ranges : []))
  const pool = spec.addresses?.kind === 'pool' ? spec.addresses : empty
  const needed = Number.isInteger(spec.pool.replicas) ? addressesNeeded(spec) : 1
  const cells = addressCells({ ...pool, needed, replicas: needed - 1, others })
  const clashes = cells.flatMap((row) => row.cells).filter(({ cell }) => cell === 'clash').length
  return (
    <>
      <TextField
        control={control}
        path={'addresses.range' as 'name'}
        mono
        placeholder="10.40.12.64-10.40.12.95"
        hint={`At least ${needed}: one for each machine and one more during changes.`}
        fix={(_, use) => {
          const better = rangeFix(form.getValues())
          return better ? <button type="button" className="link min-h-6 text-ink" onClick={() => use(better.range)}>Use <span className="mono">{better.range}</span> ({better.count})</button> : null
        }}
      />
      <AddressGrid rows={cells} />
      {clashes > 0 ? <p className="flex items-start gap-1.5 text-12 text-warn"><Glyph role="warn" shape="triangle" size={14} className="mt-0.5 shrink-0" /><span>{clashes === 1 ? '1 address is' : `${clashes} addresses are`} in the range of another cluster of this tenant: two machines could get the same one.</span></p> : null}
      <div className={two}>
        <div className="grid grid-cols-[minmax(0,1fr)_108px] items-start gap-3">
          <TextField control={control} path={'addresses.gateway' as 'name'} mono placeholder="10.40.12.1" />
          <CountField control={control} path={'addresses.prefix' as 'pool.cpus'} min={8} max={30} wide />
        </div>
        <ListField control={control} path={'addresses.nameservers' as 'name'} placeholder="10.40.0.2, 10.40.0.3" hint="Up to 3." />
      </div>
    </>
  )
}
