'use client'
import { Network, Plug, Server } from 'lucide-react'
import { useController, useFormState, useWatch } from 'react-hook-form'
import { API_PORT } from '@/lib/cluster/defaults'
import { plural } from '@/lib/text'
import { Segmented } from '@/components/ui/segmented'
import { DefaultRow } from './default-row'
import { flatErrors } from './fields'
import { FormSection, two } from './form-section'
import { CountField, TextField } from './spec-field'
import type { CreateForm } from './use-create-form'

export function DefaultsSection({ form }: { form: CreateForm }) {
  const { control } = form
  const [replicas, endpoint, networks] = useWatch({ control, name: ['controlPlane.replicas', 'endpoint', 'networks'] })
  const errors = flatErrors(useFormState({ control }).errors)
  const wrong = (prefix: string) => errors.some(({ path }) => path.startsWith(prefix))
  return (
    <FormSection title="Everything else has a default" id="s-defaults">
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <DefaultRow icon={Server} title="Control plane" value={`${plural(Number.isInteger(replicas) ? replicas : 0, 'replica')}, hosted`} forceOpen={wrong('controlPlane')}>
          <CountField control={control} path="controlPlane.replicas" label="Replicas" min={1} max={5} hint="They run as pods in the management cluster, not as machines of yours." />
        </DefaultRow>
        <DefaultRow icon={Plug} title="API endpoint" value={endpoint.kind === 'fixed' ? endpoint.host ? `Fixed, ${endpoint.host}:${Number.isNaN(endpoint.port) ? '' : endpoint.port}` : 'Fixed, no address yet' : 'Load balancer, next free address'} forceOpen={wrong('endpoint')}>
          <Endpoint form={form} />
        </DefaultRow>
        <DefaultRow icon={Network} title="Networks" value={`Pods ${networks.pods || '–'}, services ${networks.services || '–'}`} forceOpen={wrong('networks')}>
          <div className={two}>
            <TextField control={control} path="networks.pods" mono hint="Each machine takes a /24 of it." />
            <TextField control={control} path="networks.services" mono />
          </div>
        </DefaultRow>
      </div>
    </FormSection>
  )
}

function Endpoint({ form }: { form: CreateForm }) {
  const { control } = form
  const { field: { onChange } } = useController({ control, name: 'endpoint' })
  const kind = useWatch({ control, name: 'endpoint.kind' })
  const choose = (next: 'load-balancer' | 'fixed') => {
    if (next === kind) return
    form.clearErrors('endpoint')
    onChange(next === 'fixed' ? { kind: 'fixed', host: '', port: API_PORT } : { kind: 'load-balancer' })
  }
  return (
    <div className="space-y-4">
      <Segmented label="API endpoint" value={kind} onChange={choose} choices={[{ value: 'load-balancer', label: 'Load balancer' }, { value: 'fixed', label: 'Fixed address' }]} />
      {kind === 'fixed' ? (
        <div className="grid grid-cols-[minmax(0,1fr)_140px] items-start gap-4 max-s:grid-cols-1">
          <TextField control={control} path={'endpoint.host' as 'name'} label="Address" mono placeholder="10.40.12.21" />
          <CountField control={control} path={'endpoint.port' as 'pool.cpus'} label="Port" min={1} max={32767} wide />
        </div>
      ) : <p className="text-12 text-ink-3">The management cluster’s load balancer gives the API its address at port {API_PORT}.</p>}
    </div>
  )
}
