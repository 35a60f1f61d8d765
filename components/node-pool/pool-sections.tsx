'use client'
import { Plus } from 'lucide-react'
import { plainVersion } from '@/lib/kubernetes/version'
import { inGiB } from '@/lib/node-pool/memory'
import type { PoolPageData } from '@/lib/node-pool/review'
import { diskHint } from '@/lib/node-pool/rules/machine'
import type { PoolSpec } from '@/lib/node-pool/spec'
import type { ZoneOption } from '@/lib/zone/option'
import { FormSection, three, two } from '@/components/create/form-section'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Segmented } from '@/components/ui/segmented'
import { Select } from '@/components/ui/select'
import { ZoneChoice } from '@/components/zone/zone-choice'
import { POOL_FIELDS } from './draft'
import { Count, poolFieldId, Text } from './pool-field'
import type { PoolForm } from './use-pool-form'

export function SizeSection({ form, isNew, copyOf }: { form: PoolForm; isNew: boolean; copyOf: string | null }) {
  const { size } = form.draft
  const choose = (kind: PoolSpec['size']['kind']) => {
    if (kind === size.kind) return
    const machines = size.kind === 'fixed' ? (Number.isNaN(size.replicas) ? 1 : size.replicas) : size.min
    form.set('size', kind === 'fixed' ? { kind, replicas: machines } : { kind, min: machines, max: Math.max(machines + 1, machines * 2) })
  }
  return (
    <FormSection title={isNew ? 'Name and size' : 'Size'} id="s-size">
      {isNew ? <Text form={form} path="name" hint={`Part of the machines’ names; it can’t be changed later.${copyOf === null ? '' : ` Everything below begins as in pool ${copyOf}.`}`} /> : null}
      <div>
        <Segmented label="Who sets the size" value={size.kind} onChange={choose} choices={[{ value: 'fixed', label: 'Fixed' }, { value: 'autoscaled', label: 'Autoscaler' }]} />
      </div>
      {size.kind === 'fixed' ? (
        <div className={two}><Count form={form} path="size.replicas" min={0} /></div>
      ) : (
        <>
          <div className={two}><Count form={form} path="size.min" min={0} /><Count form={form} path="size.max" min={1} /></div>
          <p className="text-12 text-ink-3">The cluster autoscaler sets the size between both; nobody else does. It has to be installed, under Add-ons of the cluster.</p>
        </>
      )}
    </FormSection>
  )
}

export function MachineSection({ form, data }: { form: PoolForm; data: PoolPageData }) {
  const { machine, version } = form.draft
  return (
    <FormSection title="Each machine" id="s-machine">
      <div className={three}>
        <Count form={form} path="machine.cpus" min={2} />
        <Count form={form} path="machine.memoryMiB" min={2048} step={1024} unit="MiB" hint={inGiB(machine.memoryMiB)} />
        <Count form={form} path="machine.diskGiB" min={10} step={10} unit="GiB" hint={diskHint(data.around.templateDisks[machine.template] ?? null, data.linked)} />
      </div>
      <Field id={poolFieldId('machine.template')} label={POOL_FIELDS['machine.template']} error={form.error('machine.template')} hint={`For Kubernetes ${plainVersion(version)}. Another version is an upgrade.`}>
        <Select mono value={machine.template || null} onChange={(template) => form.set('machine.template', template)} choices={data.templates.map((value) => ({ value, label: value }))} empty="No VM template is offered" />
      </Field>
      {data.uid === null ? null : <p className="text-12 text-ink-3">A machine gets these when it is made: changing one replaces all machines of the pool.</p>}
    </FormSection>
  )
}

export function ZonesSection({ form, zones }: { form: PoolForm; zones: readonly ZoneOption[] }) {
  const { size, zones: chosen } = form.draft
  return (
    <FormSection title="Zones" id="s-zones">
      <ZoneChoice id={poolFieldId('zones')} zones={zones} chosen={chosen} onChange={(next) => form.set('zones', next)} error={form.error('zones')} machines={size.kind === 'fixed' ? size.replicas : null} />
    </FormSection>
  )
}

export function AddRow({ children, onClick }: { children: string; onClick: () => void }) {
  return <Button size="sm" onClick={onClick}><Plus size={14} aria-hidden />{children}</Button>
}
