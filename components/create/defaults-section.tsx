'use client'
import { Network, Plug, Server, SlidersHorizontal, Wrench } from 'lucide-react'
import { useState } from 'react'
import { useController, useFormState, useWatch } from 'react-hook-form'
import { API_PORT } from '@/lib/cluster/advanced'
import { clusterNoProxy } from '@/lib/cluster/no-proxy'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { nodeProblems } from '@/lib/node-config/rules'
import { plural } from '@/lib/text'
import { NodeFields } from '@/components/node-config/node-fields'
import { nodeSummary, type NodeForm } from '@/components/node-config/node-form'
import type { NodeSecrets } from '@/components/node-config/use-node-secrets'
import { Segmented } from '@/components/ui/segmented'
import { AdvancedFields, advancedSummary } from './advanced-section'
import { DefaultRow } from './default-row'
import { fieldId, fieldOf, flatErrors } from './fields'
import { FormSection, two } from './form-section'
import { CountField, TextField } from './spec-field'
import type { CreateForm } from './use-create-form'

export function DefaultsSection({ form, secrets }: { form: CreateForm; secrets: NodeSecrets }) {
  const { control } = form
  const [replicas, endpoint, networks, node, advanced] = useWatch({ control, name: ['controlPlane.replicas', 'endpoint', 'networks', 'pool.node', 'controlPlane.advanced'] })
  const errors = flatErrors(useFormState({ control }).errors)
  const wrong = (prefix: string) => errors.some(({ path }) => path.startsWith(prefix))
  return (
    <FormSection title="Everything else has a default" id="s-defaults">
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <DefaultRow icon={Server} title="Control plane" value={`${plural(Number.isInteger(replicas) ? replicas : 0, 'replica')}, hosted`} forceOpen={wrong('controlPlane.replicas')}>
          <CountField control={control} path="controlPlane.replicas" label="Replicas" min={1} max={5} hint="They run as Pods in the management cluster, not as machines of yours." />
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
        <DefaultRow icon={SlidersHorizontal} title="Node settings" value={nodeSummary(node)} forceOpen={wrong('pool.node')}>
          <NodeSettings form={form} secrets={secrets} />
        </DefaultRow>
        <DefaultRow icon={Wrench} title="Advanced" value={advancedSummary(advanced)} forceOpen={wrong('controlPlane.advanced') || wrong('pool.extras')}>
          <AdvancedFields form={form} />
        </DefaultRow>
      </div>
    </FormSection>
  )
}

function NodeSettings({ form, secrets }: { form: CreateForm; secrets: NodeSecrets }) {
  const { control } = form
  const { field: { value: node, onChange } } = useController({ control, name: 'pool.node' })
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const spec = useWatch({ control }) as ClusterSpec
  const { errors, isSubmitted } = useFormState({ control })
  const refused = flatErrors(errors)
  // react-hook-form tells a field's own errors when it is left, and these are of its parts.
  const wrong = nodeProblems(node, 'pool.node')
  const nodeForm: NodeForm = {
    node, secrets, holdsAll: false,
    computed: clusterNoProxy(spec),
    set: onChange,
    touch: (part) => setTouched((held) => new Set(held).add(part)),
    error: (part) => {
      const at = `pool.node.${part}`
      const own = isSubmitted || touched.has(part) ? wrong.find(({ path }) => fieldOf(path.join('.')) === at) : undefined
      return (own ?? refused.find(({ path }) => path === at))?.message
    },
    fieldId: (part) => fieldId(`pool.node.${part}`),
  }
  return <NodeFields form={nodeForm} />
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
      ) : <p className="text-12 text-ink-3">The management cluster’s load balancer gives the API its address. Its port is under Advanced.</p>}
    </div>
  )
}
