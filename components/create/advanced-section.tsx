'use client'
import { useController, useFormState, useWatch } from 'react-hook-form'
import { ADDRESS_TYPES, NOTHING_ADVANCED, SERVICE_TYPES, type Advanced } from '@/lib/cluster/advanced'
import { canonicalJson } from '@/lib/manifests/hash'
import type { Route } from '@/lib/node-pool/device'
import { routeLines, routesOf } from '@/lib/node-pool/extras'
import { plural } from '@/lib/text'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { NumberField } from '@/components/ui/number-field'
import { Choice } from '@/components/ui/choice'
import { Switch } from '@/components/ui/switch'
import { TextArea } from '@/components/ui/text-area'
import { FIELD_LABELS, fieldId, flatErrors, type SpecPath } from './fields'
import { three, two } from './form-section'
import type { CreateForm } from './use-create-form'

const AT = 'controlPlane.advanced'

/** How many parts differ from the usual. */
export function advancedSummary(advanced: Advanced): string {
  const parts = Object.keys(NOTHING_ADVANCED) as (keyof Advanced)[]
  const changed = parts.filter((part) => canonicalJson(advanced[part]) !== canonicalJson(NOTHING_ADVANCED[part])).length
  return changed === 0 ? 'As Kamaji is set up' : `${plural(changed, 'part')} changed`
}

/**
 * What few people change about the control plane.
 * @param changing it is there already: without what is fixed from then on, and without what is its machines'
 */
export function AdvancedFields({ form, changing = false }: { form: PlaneForm; changing?: boolean }) {
  const endpoint = useWatch({ control: form.control, name: 'endpoint.kind' })
  return (
    <div className="space-y-6">
      <Group title="Reach">
        {changing ? null : <PartChoice form={form} part="service.type" choices={SERVICE_TYPES.map((value) => ({ value, label: value }))} hint="A node port needs a fixed address." />}
        {!changing && endpoint === 'load-balancer' ? <Port form={form} /> : null}
        <div className={two}>
          <Pairs form={form} part="service.annotations" placeholder="metallb.io/address-pool=blue" />
          <Pairs form={form} part="service.labels" placeholder="network=blue" />
          <Lines form={form} part="certSANs" placeholder="api.example.com" hint="Further names in the API server’s certificate, without a port." />
          {changing ? null : <Word form={form} part="serviceDomain" />}
        </div>
      </Group>
      <Group title="Components">
        <div className={three}>
          <Lines form={form} part="extraArgs.apiServer" placeholder="--audit-log-maxage=30" />
          <Lines form={form} part="extraArgs.controllerManager" placeholder="--v=2" />
          <Lines form={form} part="extraArgs.scheduler" placeholder="--v=2" />
        </div>
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <OnOff form={form} part="addons.coreDNS" label="CoreDNS" />
          <OnOff form={form} part="addons.kubeProxy" label="kube-proxy" />
          <OnOff form={form} part="addons.konnectivity" label="Konnectivity" />
        </div>
        <p className="text-12 text-ink-3">Without Konnectivity the control plane has to reach machines and Pods by itself. Without CoreDNS or kube-proxy bring your own.</p>
      </Group>
      {changing ? null : <CreateOnly form={form} />}
      <Group title="Kubelets">
        <PartChoice form={form} part="kubelet.cgroupfs" choices={[{ value: 'systemd', label: 'systemd' }, { value: 'cgroupfs', label: 'cgroupfs' }]} />
        <Lines form={form} part="kubelet.preferredAddressTypes" placeholder="InternalIP" hint={`In this order, of ${ADDRESS_TYPES.join(', ')}.`} />
      </Group>
      <Group title="Labels and Pods of the control plane">
        <div className={two}>
          <Pairs form={form} part="labels" placeholder="cni=calico" hint="Of the Cluster: what add-ons select it by." />
          <Pairs form={form} part="deployment.nodeSelector" placeholder="node-role.kubernetes.io/tenants=" />
          <Pairs form={form} part="deployment.labels" placeholder="cost=blue" />
          <Pairs form={form} part="deployment.annotations" placeholder="example.com/owner=blue" />
          <Pairs form={form} part="deployment.podLabels" placeholder="cost=blue" />
          <Pairs form={form} part="deployment.podAnnotations" placeholder="prometheus.io/scrape=true" />
        </div>
        <Yaml form={form} part="deployment.tolerations" placeholder={'- key: tenants\n  operator: Exists'} />
        <Yaml form={form} part="deployment.affinity" placeholder={'podAntiAffinity:\n  …'} />
        <Yaml form={form} part="deployment.topologySpread" placeholder={'- maxSkew: 1\n  topologyKey: kubernetes.io/hostname\n  whenUnsatisfiable: ScheduleAnyway'} />
      </Group>
    </div>
  )
}

function CreateOnly({ form }: { form: PlaneForm }) {
  return (
    <>
      <Group title="Storage of the control plane">
        <div className={three}>
          <Word form={form} part="dataStore.name" placeholder="default" />
        </div>
        <p className="text-12 text-ink-3">It cannot be changed here later.</p>
      </Group>
      <Group title="Machines in vSphere">
        <div className={two}>
          <Word form={form} part="pool.extras.storagePolicy" placeholder="As vCenter decides" orNull />
          <Lines form={form} part="pool.extras.searchDomains" placeholder="example.com" />
        </div>
        <div className={two}>
          <Routes form={form} part="pool.extras.routes" placeholder="10.0.0.0/8 via 10.40.12.254" />
          <Mtu form={form} />
        </div>
      </Group>
    </>
  )
}

function Group({ title, children }: { title: string; children: React.ReactNode }) {
  return <section aria-label={title} className="space-y-3"><h3 className="font-medium">{title}</h3>{children}</section>
}

/** Create's form, or that of a control plane that is there: its fields have the same names. */
export type PlaneForm = Pick<CreateForm, 'control'>

interface Props {
  readonly form: PlaneForm
  /** Within controlPlane.advanced, or a field of the pool. */
  readonly part: string
  readonly placeholder?: string
  readonly hint?: string
}

/** One part with its value, its name and what is wrong with it. */
function usePart({ form: { control } }: Props, part: string) {
  const path = part.startsWith('pool.') ? part : `${AT}.${part}`
  const { field: { value, onChange, onBlur } } = useController({ control, name: path as SpecPath })
  const { errors } = useFormState({ control })
  return { value: value as unknown, onChange, onBlur, label: FIELD_LABELS[path] ?? part, id: fieldId(path), error: flatErrors(errors).find((error) => error.path === path)?.message }
}

function Word({ orNull, ...props }: Props & { orNull?: boolean }) {
  const { value, onChange, onBlur, label, id, error } = usePart(props, props.part)
  return (
    <Field id={id} label={label} hint={props.hint} error={error}>
      <Input mono value={String(value ?? '')} placeholder={props.placeholder} autoCapitalize="off" onChange={({ currentTarget }) => onChange(orNull && currentTarget.value === '' ? null : orNull ? currentTarget.value : currentTarget.value.trim())} onBlur={onBlur} />
    </Field>
  )
}

function Port({ form }: { form: PlaneForm }) {
  const { value, onChange, onBlur, label, id, error } = usePart({ form, part: 'apiServerPort' }, 'apiServerPort')
  return (
    <Field id={id} label={label} error={error} className="max-w-[180px]">
      <NumberField wide min={1} max={32767} value={typeof value === 'number' && !Number.isNaN(value) ? value : null} onChange={(next) => onChange(next ?? Number.NaN)} onBlur={onBlur} />
    </Field>
  )
}

function Mtu({ form }: Pick<Props, 'form'>) {
  const { value, onChange, onBlur, label, id, error } = usePart({ form, part: 'pool.extras.mtu' }, 'pool.extras.mtu')
  return (
    <Field id={id} label={label} error={error} hint="Of the machines’ network, in bytes; empty is the guest’s 1500.">
      <NumberField wide min={1280} max={9190} unit="bytes" value={typeof value === 'number' ? value : null} onChange={onChange} onBlur={onBlur} />
    </Field>
  )
}

/** A text of several lines; what is typed is taken when the field is left. */
function Text({ props, lines, take }: { props: Props; lines: string; take: (text: string) => unknown }) {
  const { onChange, onBlur, label, id, error } = usePart(props, props.part)
  return (
    <Field id={id} label={label} hint={props.hint} error={error}>
      <TextArea
        aria-label={label}
        aria-invalid={error ? true : undefined}
        rows={Math.max(2, lines.split('\n').length)}
        key={lines}
        defaultValue={lines}
        placeholder={props.placeholder}
        onBlur={({ currentTarget }) => {
          onChange(take(currentTarget.value))
          onBlur()
        }}
      />
    </Field>
  )
}

const rowsOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean)

function Lines(props: Props) {
  const { value } = usePart(props, props.part)
  return <Text props={props} lines={Array.isArray(value) ? value.join('\n') : ''} take={rowsOf} />
}

function Routes(props: Props) {
  const { value } = usePart(props, props.part)
  return <Text props={props} lines={routeLines((value ?? []) as Route[])} take={routesOf} />
}

/** Labels and annotations: `name=value`, one a line. */
function Pairs(props: Props) {
  const { value } = usePart(props, props.part)
  const lines = Object.entries((value ?? {}) as Record<string, string>).map(([key, text]) => `${key}=${text}`).join('\n')
  const take = (text: string) => Object.fromEntries(rowsOf(text).map((line) => (line.includes('=') ? [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()] : [line, ''])))
  return <Text props={props} lines={lines} take={take} />
}

function Yaml(props: Props) {
  const { value } = usePart(props, props.part)
  return <Text props={{ ...props, hint: 'YAML, as Kubernetes has it.' }} lines={String(value ?? '')} take={(text) => text.replace(/\s+$/, '')} />
}

function PartChoice({ choices, ...props }: Props & { choices: readonly { value: string; label: string }[] }) {
  const { value, onChange, label, id, error } = usePart(props, props.part)
  return <Choice id={id} label={label} value={String(value)} choices={choices} onChange={onChange} hint={props.hint} error={error} />
}

function OnOff({ label, ...props }: Props & { label: string }) {
  const { value, onChange, id, error } = usePart(props, props.part)
  return (
    <div>
      <span id={id} className="flex items-center gap-2"><Switch checked={value === true} onChange={onChange} labelledBy={`l-${props.part}`} /><span id={`l-${props.part}`}>{label}</span></span>
      {error ? <p role="alert" className="mt-1 max-w-[420px] text-12 text-bad">{error}</p> : null}
    </div>
  )
}
