'use client'
import { Network, Waypoints } from 'lucide-react'
import { fixedAddressProblems, networkProblems } from '@/lib/node-pool/rules/network'
import type { PoolPageData } from '@/lib/node-pool/review'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import { DefaultRow } from '@/components/create/default-row'
import { two } from '@/components/create/form-section'
import { DeviceSettingsFields, SourceChoice, SourceFields } from '@/components/network/device-fields'
import { NetworkRows } from '@/components/network/network-rows'
import { ErrorText, Field } from '@/components/ui/field'
import { POOL_FIELDS, specOf } from './draft'
import { poolFieldId, Text } from './pool-field'
import type { PoolForm } from './use-pool-form'

const FIRST = ['network', 'addresses', 'nameservers', 'searchDomains', 'routes', 'mtu'] as const

/** Network devices of the machines: the first, which has the nodes' addresses, and those beside it. */
export function NetworkSection({ form, data }: { form: PoolForm; data: PoolPageData }) {
  const { machine, moreNetworks } = form.draft
  const error = form.error('moreNetworks')
  const addressError = form.error('machine.addresses')
  const setAddresses = (source: typeof machine.addresses) => form.set('machine.addresses', source)
  const atRow = (problems: ReturnType<typeof networkProblems>) => problems.flatMap((each) => (each.path[0] === 'moreNetworks' ? [{ ...each, path: each.path.slice(1) }] : []))
  const rowProblems = error === undefined ? [] : atRow([
    ...networkProblems('moreNetworks', machine.network, moreNetworks),
    ...fixedAddressProblems(specOf(form.draft), machineDeploymentName(data.cluster, form.draft.name), data.around, (device) => (device === 0 ? 'machine' : `moreNetworks.${device - 1}`)),
  ])
  return (
    <>
      <DefaultRow icon={Network} title="Network" value={[machine.network, words(machine.addresses)].filter(Boolean).join(', ')} forceOpen={FIRST.some((field) => form.error(`machine.${field}`) !== undefined)}>
        <div className="space-y-4">
          <div className={two}>
            <Text form={form} path="machine.network" mono />
            <Field id={poolFieldId('machine.addresses')} label={POOL_FIELDS['machine.addresses']}>
              <SourceChoice label="Addresses" value={machine.addresses} onChange={setAddresses} pools={data.addressPools} />
            </Field>
          </div>
          <SourceFields value={machine.addresses} onChange={setAddresses} onBlur={() => form.touch('machine.addresses')} error={addressError} />
          {addressError !== undefined && machine.addresses?.kind !== 'fixed' ? <p role="alert" className="text-12 text-bad"><ErrorText>{addressError}</ErrorText></p> : null}
          <DeviceSettingsFields
            value={machine}
            onChange={(change) => { for (const [field, value] of Object.entries(change)) form.set(`machine.${field}`, value) }}
            onBlur={(field) => form.touch(`machine.${field}`)}
            error={(field) => form.error(`machine.${field}`)}
            fieldId={(field) => poolFieldId(`machine.${field}`)}
          />
          <p className="text-12 text-ink-3">The nodes have their addresses here. The gateway is the address pool’s, or what the DHCP server says. A change replaces all machines of the pool; other fixed addresses in the same network do not.</p>
        </div>
      </DefaultRow>
      <DefaultRow icon={Waypoints} title="More networks" value={moreNetworks.length === 0 ? 'None' : moreNetworks.map(({ network }) => network).join(', ')} forceOpen={error !== undefined}>
        <NetworkRows id={poolFieldId('moreNetworks')} networks={moreNetworks} onChange={(next) => form.set('moreNetworks', next)} onBlur={() => form.touch('moreNetworks')} pools={data.addressPools} error={error} problems={rowProblems} />
      </DefaultRow>
    </>
  )
}

function words(source: PoolForm['draft']['machine']['addresses']): string {
  if (source === null) return ''
  if (source.kind === 'dhcp') return 'DHCP'
  return source.kind === 'fixed' ? 'fixed addresses' : source.pools.map(({ name }) => name).join(' and ')
}
