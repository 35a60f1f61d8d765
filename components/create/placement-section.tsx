'use client'
import { useController, useFormState, useWatch } from 'react-hook-form'
import { defaultSpec } from '@/lib/cluster/defaults'
import { poolProblems } from '@/lib/cluster/rules/identity-rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { findIdentity } from '@/lib/identity/select'
import { sameVersion } from '@/lib/kubernetes/version'
import { zonesOf } from '@/lib/zone/option'
import { useTenant } from '@/components/live/hooks'
import { inventoryName } from '@/components/node-pool/inventory-name'
import { Field } from '@/components/ui/field'
import { Note } from '@/components/ui/note'
import { RadioCards } from '@/components/ui/radio-cards'
import { Select } from '@/components/ui/select'
import { ZoneChoice } from '@/components/zone/zone-choice'
import { NetworkRows } from '@/components/network/network-rows'
import { Map, MapPin, Network } from 'lucide-react'
import { DefaultRow } from './default-row'
import { fieldId, flatErrors } from './fields'
import { FormSection, two } from './form-section'
import { TextField, useFieldError } from './spec-field'
import type { CreateForm } from './use-create-form'

export function PlacementSection({ form }: { form: CreateForm }) {
  const { control, setValue } = form
  const { identities } = useTenant()
  const { field: { value: held, onChange } } = useController({ control, name: 'identity' })
  const placement = useWatch({ control, name: 'placement' })
  const wrong = flatErrors(useFormState({ control }).errors).some(({ path }) => path.startsWith('placement.'))
  const error = useFieldError(control, 'identity')

  const choose = (name: string) => {
    const offer = findIdentity(identities, name)?.offer
    if (!offer) return
    const offered = defaultSpec(offer, name)
    onChange(name)
    setValue('version', offered.version, { shouldDirty: true })
    setValue('placement', offered.placement, { shouldDirty: true })
    // Zones belong to a vCenter.
    setValue('pool.zones', undefined)
    void form.trigger(['version', 'placement'])
  }

  return (
    <FormSection title="Placement" id="s-placement">
      <div>
        {identities.length === 0 ? (
          <Note role="warn">No vSphere identity is open to this tenant, so no machine can be placed. A platform admin can allow one.</Note>
        ) : (
          <RadioCards
            id={fieldId('identity')}
            labelledBy="s-placement"
            value={held}
            onChange={choose}
            cards={identities.map(({ name, offer }) => ({ value: name, title: name, text: <>{offer.server}<br />{offer.datacenter}</> }))}
          />
        )}
        {error ? <p className="mt-1 text-12 text-bad">{error}</p> : <p className="mt-1 text-12 text-ink-3">A vSphere identity brings the vCenter, its sign-in and defaults for the rest. You never see the password.</p>}
      </div>
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <DefaultRow icon={MapPin} title="In vSphere" value={[placement.datacenter, inventoryName(placement.resourcePool), inventoryName(placement.datastore), inventoryName(placement.network)].filter(Boolean).join(', ') || 'not chosen yet'} forceOpen={wrong}>
          <div className={two}>
            <TextField control={control} path="placement.datacenter" mono />
            <TextField control={control} path="placement.resourcePool" mono />
            <TextField control={control} path="placement.folder" mono />
            <TextField control={control} path="placement.datastore" mono />
            <TextField control={control} path="placement.network" mono />
            <TemplateField form={form} />
          </div>
        </DefaultRow>
        <NetworksRow form={form} />
        <ZonesRow form={form} />
      </div>
    </FormSection>
  )
}

function NetworksRow({ form }: { form: CreateForm }) {
  const { control } = form
  const { sharedPools } = useTenant()
  const { field: { value: held, onChange, onBlur } } = useController({ control, name: 'pool.moreNetworks' })
  const error = useFieldError(control, 'pool.moreNetworks')
  const networks = held ?? []
  const spec = useWatch({ control }) as ClusterSpec
  const problems = error === undefined ? [] : poolProblems(spec).flatMap(({ path, message }) => (path[1] === 'moreNetworks' ? [{ path: path.slice(2), message }] : []))
  return (
    <DefaultRow icon={Network} title="More networks" value={networks.length === 0 ? 'None' : networks.map(({ network }) => network).filter(Boolean).join(', ')} forceOpen={error !== undefined}>
      <NetworkRows id={fieldId('pool.moreNetworks')} networks={networks} onChange={(next) => onChange(next.length === 0 ? undefined : next)} onBlur={onBlur} pools={sharedPools.map(({ name }) => ({ kind: 'GlobalInClusterIPPool', name }))} error={error} problems={problems} />
    </DefaultRow>
  )
}

/** Not there where the chosen vCenter has no zones. */
function ZonesRow({ form }: { form: CreateForm }) {
  const { control } = form
  const { identities, zones: all } = useTenant()
  const [identity, replicas] = useWatch({ control, name: ['identity', 'pool.replicas'] })
  const { field: { value: held, onChange, onBlur } } = useController({ control, name: 'pool.zones' })
  const error = useFieldError(control, 'pool.zones')
  const zones = zonesOf(all, findIdentity(identities, identity)?.offer.server)
  const chosen = held ?? []
  if (zones.length === 0 && chosen.length === 0) return null
  return (
    <DefaultRow icon={Map} title="Zones" value={chosen.length === 0 ? 'None' : chosen.join(', ')} forceOpen={error !== undefined}>
      <ZoneChoice id={fieldId('pool.zones')} zones={zones} chosen={chosen} onChange={(next) => { onChange(next.length === 0 ? undefined : next); onBlur() }} error={error} machines={replicas} />
    </DefaultRow>
  )
}

function TemplateField({ form: { control } }: { form: CreateForm }) {
  const { identities } = useTenant()
  const { field: { value: held, onChange, onBlur } } = useController({ control, name: 'placement.template' })
  const [identity, version] = useWatch({ control, name: ['identity', 'version'] })
  const error = useFieldError(control, 'placement.template')
  const templates = findIdentity(identities, identity)?.offer.templates.filter((template) => sameVersion(template.version, version)) ?? []
  return (
    <Field id={fieldId('placement.template')} label="VM template" error={error}>
      <Select mono value={held || null} onChange={onChange} onBlur={onBlur} empty="None for this version" choices={templates.map(({ name }) => ({ value: name, label: name }))} />
    </Field>
  )
}
