'use client'
import { useController, useWatch } from 'react-hook-form'
import { NO_POLICY, POLICY_ARGS, policyVersion } from '@/lib/addons/policy-version'
import { clusterNoProxy } from '@/lib/cluster/no-proxy'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { parseVersion } from '@/lib/kubernetes/version'
import { EntriesArea } from '@/components/addons/entries-area'
import { ADD_ON_FIELDS } from '@/components/addons/fields'
import { Field } from '@/components/ui/field'
import { FIELD_LABELS, fieldId } from './fields'
import { TextField, useFieldError } from './spec-field'
import type { CreateForm } from './use-create-form'

const NO_PROXY = 'addOns.proxy.noProxy'

/** The proxy in Pods of a new cluster. */
export function PodProxyPart({ form: { control } }: { form: CreateForm }) {
  const spec = useWatch({ control }) as ClusterSpec
  const { field: { value: own, onChange, onBlur } } = useController({ control, name: NO_PROXY })
  const wrong = useFieldError(control, NO_PROXY)
  const { enabled } = spec.addOns.proxy
  const refused = parseVersion(spec.version) !== null && policyVersion(spec.version) === null ? <p className="text-ink-2">{NO_POLICY}</p> : null
  if (!enabled) return refused
  const hint = ADD_ON_FIELDS.proxy.find(({ key }) => key === 'url')?.hint
  return (
    <div className="space-y-4">
      {refused}
      <TextField control={control} path="addOns.proxy.url" mono hint={hint} placeholder="http://proxy.example.com:3128" />
      <div className="space-y-2">
        <h3 className="font-medium">Reached without the proxy</h3>
        <ul aria-label="Computed for Pods" className="flex flex-wrap gap-1.5">
          {clusterNoProxy(spec).map((entry) => <li key={entry} className="mono rounded-2 border border-line bg-sunken px-2 py-0.5 text-12">{entry}</li>)}
        </ul>
      </div>
      <Field id={fieldId(NO_PROXY)} label={FIELD_LABELS[NO_PROXY]} hint="Names such as .example.com and networks such as 10.0.0.0/8, one a line." error={wrong}>
        <EntriesArea label={FIELD_LABELS[NO_PROXY] ?? ''} wrong={wrong !== undefined} value={own} onChange={onChange} onBlur={onBlur} />
      </Field>
      {policyVersion(spec.version) === 'v1beta1' ? <p className="text-12 text-ink-3">The API server starts with <span className="mono [overflow-wrap:anywhere]">{POLICY_ARGS.join(' ')}</span></p> : null}
    </div>
  )
}
