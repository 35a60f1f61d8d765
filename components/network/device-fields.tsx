'use client'
import { useId } from 'react'
import { type AddressSource, type DeviceSettings, type DhcpSettings, type FixedAddresses, type PoolReference, USUAL_DHCP } from '@/lib/node-pool/device'
import { routeLines, routesOf } from '@/lib/node-pool/extras'
import { three, two } from '@/components/create/form-section'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { NumberField } from '@/components/ui/number-field'
import { Segmented } from '@/components/ui/segmented'
import { Select } from '@/components/ui/select'
import { Switch } from '@/components/ui/switch'
import { TextArea } from '@/components/ui/text-area'

interface SettingsProps {
  readonly value: DeviceSettings
  readonly onChange: (change: Partial<DeviceSettings>) => void
  readonly onBlur: (field: keyof DeviceSettings) => void
  readonly error: (field: keyof DeviceSettings) => string | undefined
  readonly fieldId?: (field: keyof DeviceSettings) => string
  /** Which network, for screen readers where a page has several: `of network 2`. */
  readonly of?: string
}

/** What a network device has besides its network and its addresses. */
export function DeviceSettingsFields({ value, onChange, onBlur, error, fieldId, of }: SettingsProps) {
  const lines = (field: 'nameservers' | 'searchDomains' | 'routes', label: string, placeholder: string, text: string, take: (text: string) => unknown) => (
    <LinesField
      id={fieldId?.(field)} label={label} name={named(label, of)} placeholder={placeholder} text={text} error={error(field)}
      onTake={(typed) => { onChange({ [field]: take(typed) }); onBlur(field) }}
    />
  )
  return (
    <div className={two}>
      {lines('nameservers', 'Name servers', '10.40.0.2', value.nameservers.join('\n'), wordsOf)}
      {lines('searchDomains', 'Search domains', 'example.com', value.searchDomains.join('\n'), wordsOf)}
      {lines('routes', 'Static routes', '10.0.0.0/8 via 10.40.12.254', routeLines(value.routes), routesOf)}
      <Field id={fieldId?.('mtu')} label="MTU" error={error('mtu')} hint="In bytes; empty is the guest’s 1500.">
        <NumberField wide label={named('MTU', of)} min={1280} max={9190} unit="bytes" value={value.mtu === null || Number.isNaN(value.mtu) ? null : value.mtu} onChange={(mtu) => onChange({ mtu })} onBlur={() => onBlur('mtu')} />
      </Field>
    </div>
  )
}

const named = (label: string, of: string | undefined): string => (of === undefined ? label : `${label} ${of}`)
const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean)

interface LinesProps {
  readonly id: string | undefined
  readonly label: string
  readonly name: string
  readonly placeholder: string
  readonly text: string
  readonly error: string | undefined
  readonly hint?: string
  readonly onTake: (text: string) => void
}

/** One a line; what is typed is taken when the field is left. */
function LinesField({ id, label, name, placeholder, text, error, hint, onTake }: LinesProps) {
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <TextArea aria-label={name} aria-invalid={error ? true : undefined} rows={Math.max(2, text.split('\n').length)} key={text} defaultValue={text} placeholder={placeholder} onBlur={({ currentTarget }) => onTake(currentTarget.value)} />
    </Field>
  )
}

const FIXED = 'fixed'
const keyOf = (source: AddressSource | null): string => (source === null ? '' : source.kind === 'pools' ? source.pools.map(({ kind, name }) => `${kind}/${name}`).join(' ') : source.kind)
const ofPool = (pool: PoolReference): AddressSource => ({ kind: 'pools', pools: [pool] })

interface SourceProps {
  readonly value: AddressSource | null
  readonly onChange: (source: AddressSource) => void
  readonly label: string
  readonly pools: readonly PoolReference[]
  readonly className?: string
}

/** Where a device's addresses come from; what that takes is in SourceFields. */
export function SourceChoice({ value, onChange, label, pools, className }: SourceProps) {
  const known: readonly { source: AddressSource; label: string; note?: string }[] = [
    { source: { kind: 'dhcp', ...USUAL_DHCP }, label: 'DHCP' },
    ...pools.map((pool) => ({ source: ofPool(pool), label: pool.name, note: pool.kind === 'GlobalInClusterIPPool' ? 'shared' : 'of this cluster' })),
    { source: { kind: 'fixed', addresses: [], prefix: 24, gateway: null }, label: 'Fixed addresses', note: 'of this pool alone' },
  ]
  const choices = known.map(({ source, ...words }) => ({ value: keyOf(source), ...words }))
  const now = { value: keyOf(value), label: value === null ? 'As it is' : value.kind === 'pools' ? value.pools.map(({ name }) => name).join(' and ') : keyOf(value) }
  const choose = (key: string) => {
    const source = known.find((one) => keyOf(one.source) === key)?.source
    if (source !== undefined && key !== keyOf(value)) onChange(source)
  }
  return <Select label={label} value={keyOf(value)} onChange={choose} choices={choices.some(({ value: key }) => key === now.value) ? choices : [...choices, now]} {...(className === undefined ? {} : { className })} />
}

interface SourceFieldsProps {
  readonly value: AddressSource | null
  readonly onChange: (source: AddressSource) => void
  readonly onBlur: () => void
  readonly error: string | undefined
  readonly of?: string
}

/** What a source asks besides its kind; nothing of a pool that is there. */
export function SourceFields({ value, onChange, onBlur, error, of }: SourceFieldsProps) {
  if (value?.kind === 'dhcp') return <DhcpFields value={value} onChange={(settings) => onChange({ kind: 'dhcp', ...settings })} {...(of === undefined ? {} : { of })} />
  if (value?.kind === FIXED) return <FixedFields value={value} onChange={onChange} onBlur={onBlur} error={error} {...(of === undefined ? {} : { of })} />
  return null
}

/** @param first of the network with the nodes' addresses, which are IPv4 */
export function DhcpFields({ value, onChange, of, error }: { value: DhcpSettings; onChange: (settings: DhcpSettings) => void; of?: string; error?: string | undefined }) {
  const id = useId()
  const { families, routes, nameservers } = value
  const put = (change: Partial<DhcpSettings>) => onChange({ families, routes, nameservers, ...change })
  return (
    <div className="space-y-3">
      <Segmented label={named('Families', of)} value={families} onChange={(next) => put({ families: next })} choices={[{ value: 'ipv4', label: 'IPv4' }, { value: 'ipv6', label: 'IPv6' }, { value: 'both', label: 'Both' }]} />
      {error === undefined ? null : <p role="alert" className="text-12 text-bad">{error}</p>}
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <span className="flex items-center gap-2"><Switch checked={routes} onChange={(on) => put({ routes: on })} labelledBy={`${id}-routes`} /><span id={`${id}-routes`}>Take its routes<span className="sr-only"> {of}</span></span></span>
        <span className="flex items-center gap-2"><Switch checked={nameservers} onChange={(on) => put({ nameservers: on })} labelledBy={`${id}-dns`} /><span id={`${id}-dns`}>Take its name servers<span className="sr-only"> {of}</span></span></span>
      </div>
    </div>
  )
}

function FixedFields({ value, onChange, onBlur, error, of }: SourceFieldsProps & { value: FixedAddresses }) {
  const put = (change: Partial<FixedAddresses>) => onChange({ ...value, ...change })
  return (
    <div className="space-y-1">
      <div className={three}>
        <LinesField
          id={undefined} label="Fixed addresses" name={named('Fixed addresses', of)} placeholder="10.40.12.70" text={value.addresses.join('\n')} error={error} hint="One a line, or ranges."
          onTake={(text) => { put({ addresses: text.split(/[\n,;]+/).map((line) => line.trim()).filter(Boolean) }); onBlur() }}
        />
        <Field label="Prefix"><NumberField wide label={named('Prefix', of)} min={8} max={126} value={Number.isNaN(value.prefix) ? null : value.prefix} onChange={(prefix) => put({ prefix: prefix ?? Number.NaN })} onBlur={onBlur} /></Field>
        <Field label="Gateway" hint="Empty: no way out there.">
          <Input mono aria-label={named('Gateway', of)} placeholder="10.40.12.1" value={value.gateway ?? ''} autoCapitalize="off" onChange={({ currentTarget }) => put({ gateway: currentTarget.value.trim() === '' ? null : currentTarget.value })} onBlur={onBlur} />
        </Field>
      </div>
      <p className="text-12 text-ink-3">Each machine gets one of them, and keeps it until it is replaced. There must be one for every machine and for those made ahead. With one machine and one address, 0 made ahead and 1 missing, its successor gets the same one.</p>
    </div>
  )
}
