'use client'
import Link from 'next/link'
import { useController, useWatch } from 'react-hook-form'
import { clustersHref } from '@/lib/cluster/href'
import { stillThere, type LeftBehind } from '@/lib/doctor/left-behind'
import { findIdentity, offeredVersions, templateFor } from '@/lib/identity/select'
import { clusterNameLimit } from '@/lib/kubernetes/names'
import { plainVersion } from '@/lib/kubernetes/version'
import { useClusters, useTenant } from '@/components/live/hooks'
import { plural } from '@/lib/text'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { fieldId } from './fields'
import { FormSection, two } from './form-section'
import { TextField, useFieldError } from './spec-field'
import { slug } from './slug'
import type { CreateForm } from './use-create-form'

export function NameSection({ form, leftBehind }: { form: CreateForm; leftBehind: readonly LeftBehind[] }) {
  const { control, setValue } = form
  const { name: tenant, identities, displayName } = useTenant()
  const [name, poolName, identity] = useWatch({ control, name: ['name', 'pool.name', 'identity'] })
  const taken = useClusters().some((cluster) => cluster.name === name)
  const left = leftBehind.find((one) => one.name === name)
  const seeLeft = left ? <Link href={clustersHref(tenant)} className="link whitespace-nowrap text-ink">See what it waits for</Link> : null
  const offer = findIdentity(identities, identity)?.offer ?? null
  const versions = offer ? offeredVersions(offer) : []
  const { field: { value: held, onChange, onBlur } } = useController({ control, name: 'version' })
  const error = useFieldError(control, 'version')
  const choose = (version: string) => {
    onChange(version)
    const template = offer ? templateFor(offer, version) : null
    if (template) setValue('placement.template', template, { shouldDirty: true, shouldValidate: form.getFieldState('placement.template').invalid })
  }
  return (
    <FormSection title="Name and version" id="s-name">
      <div className={two}>
        <TextField
          control={control}
          path="name"
          hint={left ? <span className="text-warn">{stillThere(left)} {seeLeft}</span> : taken ? <span className="text-warn">{displayName} already has a cluster {name}.</span> : `Up to ${clusterNameLimit(poolName)} characters; it can’t be changed later.`}
          fix={(typed, use) => {
            if (seeLeft) return seeLeft
            const better = slug(typed, clusterNameLimit(poolName))
            return better && better !== typed ? <button type="button" className="link min-h-6 text-ink" onClick={() => use(better)}>Use {better}</button> : null
          }}
        />
        <Field id={fieldId('version')} label="Kubernetes" error={error} hint={offer ? `${plural(versions.length, 'version has', 'versions have')} a VM template with this identity.` : 'Choose a vSphere identity first.'}>
          <Select
            mono
            value={held || null}
            onChange={choose}
            onBlur={onBlur}
            empty="No version is offered"
            choices={versions.map((version, index) => ({ value: version, label: plainVersion(version), ...(index === 0 ? { note: 'newest' } : {}) }))}
          />
        </Field>
      </div>
    </FormSection>
  )
}
