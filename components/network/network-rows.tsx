'use client'
import { Plus, X } from 'lucide-react'
import type { MoreNetwork, PoolReference } from '@/lib/node-pool/device'
import { NO_SETTINGS, USUAL_DHCP } from '@/lib/node-pool/device'
import { settingsWords } from '@/lib/node-pool/extras'
import type { Problem } from '@/lib/cluster/rules/problem'
import { Button } from '@/components/ui/button'
import { Collapsible } from '@/components/ui/collapsible'
import { ErrorText } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { DeviceSettingsFields, SourceChoice, SourceFields } from './device-fields'

interface NetworkRowsProps {
  readonly id: string
  readonly networks: readonly MoreNetwork[]
  readonly onChange: (networks: MoreNetwork[]) => void
  readonly onBlur: () => void
  readonly pools: readonly PoolReference[]
  /** What the list is refused for; of it, `problems` of a row are told there. */
  readonly error: string | undefined
  /** At `<index>.<field>`. */
  readonly problems: readonly Problem[]
}

/** Networks that machines are on besides the first, each with where its addresses come from. */
export function NetworkRows({ id, networks, onChange, onBlur, pools, error, problems }: NetworkRowsProps) {
  const put = (index: number, change: Partial<MoreNetwork>) => onChange(networks.map((each, at) => (at === index ? { ...each, ...change } : each)))
  const told = (index: number, field: string) => (error === undefined ? undefined : problems.find(({ path }) => path[0] === String(index) && path[1] === field)?.message)
  const isTold = problems.some(({ path, message }) => path.length > 1 && message === error)
  return (
    <div id={id} className="space-y-3">
      {networks.map((each, index) => {
        const of = `of network ${index + 2}`
        const extra = settingsWords(each)
        const isWrong = error !== undefined && problems.some(({ path }) => path[0] === String(index) && path.length > 1)
        return (
          <div key={index} className="space-y-2">
            <div className="flex flex-wrap gap-2">
              <Input mono className="w-auto flex-1 basis-40" aria-label={`Network ${index + 2}`} aria-invalid={error ? true : undefined} placeholder="vlan-50-storage" value={each.network} onChange={({ currentTarget }) => put(index, { network: currentTarget.value })} onBlur={onBlur} autoCapitalize="off" />
              <SourceChoice className="w-auto min-w-40" label={`Addresses on network ${index + 2}`} value={each.addresses} onChange={(addresses) => put(index, { addresses })} pools={pools} />
              <Button look="ghost" square aria-label={`Remove network ${index + 2}`} onClick={() => onChange(networks.filter((_, at) => at !== index))}><X size={14} aria-hidden /></Button>
            </div>
            <Collapsible key={isWrong || each.addresses.kind === 'fixed' ? 'open' : 'closed'} defaultOpen={isWrong || each.addresses.kind === 'fixed'} chevron="start" panelClassName="mt-2 space-y-4 pl-6" summary={<span className="text-12 text-ink-2">More of network {index + 2}{extra.length === 0 ? '' : `: ${extra.join('; ')}`}</span>}>
              <SourceFields value={each.addresses} onChange={(addresses) => put(index, { addresses })} onBlur={onBlur} error={told(index, 'addresses')} of={of} />
              <DeviceSettingsFields value={each} onChange={(change) => put(index, change)} onBlur={onBlur} error={(field) => told(index, field)} of={of} />
            </Collapsible>
          </div>
        )
      })}
      {error && !isTold ? <p role="alert" className="text-12 text-bad"><ErrorText>{error}</ErrorText></p> : null}
      <Button size="sm" onClick={() => onChange([...networks, { network: '', addresses: { kind: 'dhcp', ...USUAL_DHCP }, ...NO_SETTINGS }])}><Plus size={14} aria-hidden />Add network</Button>
      <p className="text-12 text-ink-3">Each machine gets a network card for every row. A pool with a gateway gives the machine a second way out: use one without. With DHCP do not take its routes.</p>
    </div>
  )
}
