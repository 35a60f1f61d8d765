'use client'
import { useDeferredValue, useState } from 'react'
import { useController, useWatch } from 'react-hook-form'
import { addressesNeeded, madeAhead } from '@/lib/cluster/made-ahead'
import { rangeFix } from '@/lib/cluster/rules/address-rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { findSharedPool } from '@/lib/ip-pool/offer'
import { type DhcpSettings, USUAL_DHCP } from '@/lib/node-pool/device'
import { useClusters, useTenant } from '@/components/live/hooks'
import { Glyph } from '@/components/state/glyph'
import { DhcpFields } from '@/components/network/device-fields'
import { Field } from '@/components/ui/field'
import { Segmented } from '@/components/ui/segmented'
import { Select } from '@/components/ui/select'
import { Switch } from '@/components/ui/switch'
import { addressCells } from './address-cells'
import { AddressGrid } from './address-grid'
import { FIELD_LABELS, fieldId } from './fields'
import { FormSection, two } from './form-section'
import { CountField, ListField, TextField, useFieldError } from './spec-field'
import type { CreateForm } from './use-create-form'

type Pool = Extract<ClusterSpec['addresses'], { kind: 'pool' }>
const empty: Pool = { kind: 'pool', range: '', prefix: 24, gateway: '', nameservers: [] }

export function AddressSection({ form }: { form: CreateForm }) {
  const { control } = form
  const { sharedPools } = useTenant()
  const { field: { onChange } } = useController({ control, name: 'addresses' })
  const kind = useWatch({ control, name: 'addresses.kind' })
  // What was typed comes back when one returns from another kind.
  const [left, leave] = useState<Pool>(empty)
  const choose = (next: ClusterSpec['addresses']['kind']) => {
    if (next === kind) return
    const held = form.getValues('addresses')
    if (held.kind === 'pool') leave(held)
    form.clearErrors('addresses')
    const [first] = sharedPools
    onChange(next === 'dhcp' ? { kind: 'dhcp' } : next === 'shared' ? { kind: 'shared', pool: first?.name ?? '', nameservers: first?.nameservers ?? [] } : left)
  }
  const choices = [{ value: 'pool', label: 'Own range' }, ...(sharedPools.length > 0 || kind === 'shared' ? [{ value: 'shared', label: 'Shared pool' } as const] : []), { value: 'dhcp', label: 'DHCP' }] as const
  return (
    <FormSection title="Addresses" id="s-addresses">
      <Segmented labelledBy="s-addresses" value={kind} onChange={choose} choices={choices} />
      {kind === 'dhcp' ? <DhcpSection form={form} /> : kind === 'shared' ? <SharedFields form={form} /> : <PoolFields form={form} />}
    </FormSection>
  )
}

function DhcpSection({ form: { control } }: { form: CreateForm }) {
  const { field: { value: held, onChange } } = useController({ control, name: 'addresses.settings' as 'addresses' })
  const error = useFieldError(control, 'addresses.settings' as 'name')
  return (
    <>
      <p className="text-ink-2">The network’s DHCP server gives each machine an address. How many are free is not known here; a machine without one waits.</p>
      <div id={fieldId('addresses.settings')}><DhcpFields value={(held as unknown as DhcpSettings | undefined) ?? USUAL_DHCP} onChange={(settings) => onChange(settings)} error={error} /></div>
      <ListField control={control} path={'addresses.nameservers' as 'name'} placeholder="10.40.0.2, 10.40.0.3" hint="Up to 3, beside those that the DHCP server tells." />
    </>
  )
}

function SharedFields({ form }: { form: CreateForm }) {
  const { control } = form
  const { sharedPools } = useTenant()
  const spec = useWatch({ control }) as ClusterSpec
  const { field: { value: held, onChange, onBlur } } = useController({ control, name: 'addresses.pool' as 'name' })
  const error = useFieldError(control, 'addresses.pool' as 'name')
  const pool = findSharedPool(sharedPools, String(held ?? ''))
  const needed = Number.isInteger(spec.pool.replicas) ? addressesNeeded(spec) : 1
  const choose = (name: string) => {
    onChange(name)
    form.setValue('addresses.nameservers' as 'name', (findSharedPool(sharedPools, name)?.nameservers ?? []) as unknown as string, { shouldDirty: true })
  }
  return (
    <div className={two}>
      <Field id={fieldId('addresses.pool')} label={FIELD_LABELS['addresses.pool']} error={error} hint={pool ? `${pool.free} of ${pool.total} free; this cluster needs ${needed}.${pool.network === null || pool.network === spec.placement.network ? '' : ` Its addresses belong to the network ${pool.network}.`}` : null}>
        <Select mono value={String(held ?? '') || null} onChange={choose} onBlur={onBlur} choices={sharedPools.map(({ name, free }) => ({ value: name, label: name, note: `${free} free` }))} empty="No shared pool is offered" />
      </Field>
      <ListField control={control} path={'addresses.nameservers' as 'name'} hint="Up to 3. As the platform gives them for this pool." />
    </div>
  )
}

function PoolFields({ form }: { form: CreateForm }) {
  const { control } = form
  const spec = useDeferredValue(useWatch({ control })) as ClusterSpec
  const others = useClusters().flatMap((cluster) => (cluster.addresses.kind === 'pool' ? cluster.addresses.ranges : []))
  const pool = spec.addresses?.kind === 'pool' ? spec.addresses : empty
  const needed = Number.isInteger(spec.pool.replicas) ? addressesNeeded(spec) : 1
  const cells = addressCells({ ...pool, needed, replicas: Math.max(0, needed - madeAhead(spec)), others })
  const clashes = cells.flatMap((row) => row.cells).filter(({ cell }) => cell === 'clash').length
  return (
    <>
      <TextField
        control={control}
        path={'addresses.range' as 'name'}
        mono
        placeholder="10.40.12.64-10.40.12.95"
        hint={`At least ${needed}: one for each machine and ${madeAhead(spec) === 1 ? 'one' : madeAhead(spec)} more during changes.`}
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
      <Ipv6Fields form={form} on={pool.ipv6 !== undefined} />
    </>
  )
}

function Ipv6Fields({ form, on }: { form: CreateForm; on: boolean }) {
  const { control } = form
  const { field: { onChange } } = useController({ control, name: 'addresses.ipv6' as 'addresses' })
  const put = (wanted: boolean) => {
    form.clearErrors('addresses.ipv6' as 'addresses')
    onChange(wanted ? { range: '', prefix: 64, gateway: '' } : undefined)
  }
  return (
    <div className="space-y-4">
      <div className="flex items-center gap-3">
        <Switch checked={on} onChange={put} labelledBy="l-ipv6" />
        <span id="l-ipv6">IPv6 addresses for the machines as well</span>
      </div>
      {on ? (
        <>
          <div className={two}>
            <TextField control={control} path={'addresses.ipv6.range' as 'name'} mono placeholder="2001:db8::40-2001:db8::5f" />
            <div className="grid grid-cols-[minmax(0,1fr)_108px] items-start gap-3">
              <TextField control={control} path={'addresses.ipv6.gateway' as 'name'} mono placeholder="2001:db8::1" />
              <CountField control={control} path={'addresses.ipv6.prefix' as 'pool.cpus'} min={16} max={126} wide />
            </div>
          </div>
          <p className="text-12 text-ink-3">Each machine gets one of both. Pods and services stay on IPv4: Kamaji hands one network on to the control plane.</p>
        </>
      ) : null}
    </div>
  )
}
