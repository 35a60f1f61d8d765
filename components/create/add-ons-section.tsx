'use client'
import { ChartLine, Cloud, HardDrive, Network, Scaling, type LucideIcon } from 'lucide-react'
import { useController, useFormState, useWatch, type Control } from 'react-hook-form'
import { ADD_ONS, wantedAddOns, type AddOnName } from '@/lib/addons/spec'
import { bareSettings, versionFor } from '@/lib/addons/view'
import { ADD_ON_WORDS } from '@/lib/addons/words'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { parseVersion } from '@/lib/kubernetes/version'
import { ADD_ON_FIELDS, type AddOnField } from '@/components/addons/fields'
import { Choice } from '@/components/ui/choice'
import { Switch } from '@/components/ui/switch'
import { DefaultRow } from './default-row'
import { FIELD_LABELS, fieldId, flatErrors, type SpecPath } from './fields'
import { FormSection, two } from './form-section'
import { PodProxyPart } from './pod-proxy-part'
import { TextField, useFieldError } from './spec-field'
import type { CreateForm } from './use-create-form'

const ICONS: Readonly<Record<AddOnName, LucideIcon>> = { cpi: Cloud, csi: HardDrive, autoscaler: Scaling, metrics: ChartLine, proxy: Network }
const TITLES: Readonly<Record<AddOnName, string>> = { cpi: 'Cloud provider', csi: 'Storage', autoscaler: 'Autoscaler', metrics: 'Metrics', proxy: 'Proxy in Pods' }

export function AddOnsSection({ form }: { form: CreateForm }) {
  return (
    <FormSection title="Add-ons" id="s-add-ons">
      <p className="text-ink-2">They run beside the control plane, in the management cluster. The vSphere sign-in comes from the identity.</p>
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        {ADD_ONS.map((name) => <AddOnRow key={name} form={form} name={name} />)}
      </div>
    </FormSection>
  )
}

function AddOnRow({ form, name }: { form: CreateForm; name: AddOnName }) {
  const { control, getValues, setValue } = form
  const { field: { value: enabled, onChange } } = useController({ control, name: `addOns.${name}.enabled` })
  const [addOns, version] = useWatch({ control, name: ['addOns', 'version'] })
  const wrong = flatErrors(useFormState({ control }).errors).some(({ path }) => path.startsWith(`addOns.${name}.`))
  const settings = wantedAddOns(addOns).find((wanted) => wanted.name === name) ?? bareSettings(name)
  const { title, does, without } = ADD_ON_WORDS[name]
  const fitting = parseVersion(version) === null ? null : versionFor(settings, version)
  const on = fitting === null ? 'On' : `On, ${fitting}`
  const id = `add-on-${name}`
  const toggle = (on: boolean) => {
    onChange(on)
    // Pods begin with the proxy of their machines, unless that asks for a password.
    const proxy = getValues('pool.node.proxy')
    if (name === 'proxy' && on && proxy?.credentials === null && getValues('addOns.proxy.url') === '') setValue('addOns.proxy.url', proxy.url)
  }
  return (
    <DefaultRow icon={ICONS[name]} title={TITLES[name]} value={enabled ? on : 'Off'} forceOpen={wrong}>
      <div className="space-y-4">
        <div className="flex items-start gap-3">
          <Switch checked={enabled} onChange={toggle} labelledBy={id} />
          <div className="min-w-0">
            <p id={id} className="font-medium">Install {title}</p>
            <p className="text-12 text-ink-3">{enabled ? does : without}</p>
          </div>
        </div>
        {name === 'proxy' ? <PodProxyPart form={form} /> : enabled ? (
          <div className={two}>
            {ADD_ON_FIELDS[name].map(({ key, hint, placeholder, wide, choices }) => (
              <div key={key} className={wide ? 's:col-span-2' : 'min-w-0'}>
                {choices ? (
                  <ChoiceField control={control} path={`addOns.${name}.${key}` as SpecPath} choices={choices} {...(hint ? { hint } : {})} />
                ) : (
                  <TextField control={control} path={`addOns.${name}.${key}` as SpecPath} mono {...(hint ? { hint } : {})} {...(placeholder ? { placeholder } : {})} />
                )}
              </div>
            ))}
          </div>
        ) : null}
      </div>
    </DefaultRow>
  )
}

function ChoiceField({ control, path, choices, hint }: { control: Control<ClusterSpec>; path: SpecPath; choices: NonNullable<AddOnField['choices']>; hint?: string }) {
  const { field: { value, onChange } } = useController({ control, name: path })
  return <Choice id={fieldId(path)} label={FIELD_LABELS[path] ?? ''} value={String(value)} choices={choices} onChange={onChange} hint={hint} error={useFieldError(control, path)} />
}
