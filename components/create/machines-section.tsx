'use client'
import { useState } from 'react'
import { useWatch } from 'react-hook-form'
import { findIdentity } from '@/lib/identity/select'
import { inGiB } from '@/lib/node-pool/memory'
import { diskHint } from '@/lib/node-pool/rules/machine'
import { useTenant } from '@/components/live/hooks'
import { machineSize, SIZES, sizeName, type SizeName } from '@/components/node-pool/size'
import { Segmented } from '@/components/ui/segmented'
import { FormSection, three, two } from './form-section'
import { CountField, TextField } from './spec-field'
import type { CreateForm } from './use-create-form'

export function MachinesSection({ form }: { form: CreateForm }) {
  const { control, setValue } = form
  const pool = useWatch({ control, name: 'pool' })
  const { identities } = useTenant()
  const [identity, template] = useWatch({ control, name: ['identity', 'placement.template'] })
  const templateDisk = findIdentity(identities, identity)?.offer.templates.find(({ name }) => name === template)?.diskGiB
  const [own, setOwn] = useState(false)
  const chosen: SizeName = own ? 'own' : sizeName(pool)
  const choose = (name: SizeName) => {
    setOwn(name === 'own')
    if (name === 'own') return
    for (const [part, value] of Object.entries(SIZES[name])) setValue(`pool.${part as 'cpus'}`, value, { shouldDirty: true, shouldValidate: true })
  }
  return (
    <FormSection title="Machines" id="s-machines">
      <div className={two}>
        <TextField control={control} path="pool.name" hint="Part of the machines’ names. More pools can follow later." />
        <CountField control={control} path="pool.replicas" min={0} max={100} />
      </div>
      <div>
        <h3 id="s-size" className="mb-1 font-medium">Each machine</h3>
        <Segmented<SizeName>
          labelledBy="s-size"
          value={chosen}
          onChange={choose}
          choices={[{ value: 'small', label: 'Small' }, { value: 'medium', label: 'Medium' }, { value: 'large', label: 'Large' }, { value: 'own', label: 'Own' }]}
        />
        {chosen === 'own' ? (
          <div className={`${three} mt-3`}>
            <CountField control={control} path="pool.cpus" min={2} max={768} wide />
            <CountField control={control} path="pool.memoryMiB" min={2048} step={1024} unit="MiB" wide hint={inGiB(pool.memoryMiB)} />
            <CountField control={control} path="pool.diskGiB" min={10} step={10} unit="GiB" wide hint={diskHint(templateDisk ?? null, false)} />
          </div>
        ) : <p className="mt-1 text-12 text-ink-3">{machineSize(pool)}.</p>}
      </div>
    </FormSection>
  )
}
