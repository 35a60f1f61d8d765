'use client'
import { Plus, X } from 'lucide-react'
import type { MoreNetwork } from '@/lib/node-pool/spec'
import { Button } from '@/components/ui/button'
import { ErrorText } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'

interface NetworkRowsProps {
  readonly id: string
  readonly networks: readonly MoreNetwork[]
  readonly onChange: (networks: MoreNetwork[]) => void
  readonly onBlur: () => void
  readonly pools: readonly NonNullable<MoreNetwork['pool']>[]
  readonly error: string | undefined
}

const DHCP = 'dhcp'
const keyOf = (pool: MoreNetwork['pool']): string => (pool === null ? DHCP : `${pool.kind}/${pool.name}`)

/** Networks that machines are on besides the first, each with where its addresses come from. */
export function NetworkRows({ id, networks, onChange, onBlur, pools, error }: NetworkRowsProps) {
  const choices = [{ value: DHCP, label: 'DHCP' }, ...pools.map((pool) => ({ value: keyOf(pool), label: pool.name, note: pool.kind === 'GlobalInClusterIPPool' ? 'shared' : 'of this cluster' }))]
  const put = (index: number, change: Partial<MoreNetwork>) => onChange(networks.map((each, at) => (at === index ? { ...each, ...change } : each)))
  return (
    <div id={id} className="space-y-2">
      {networks.map(({ network, pool }, index) => (
        <div key={index} className="flex flex-wrap gap-2">
          <Input mono className="w-auto flex-1 basis-40" aria-label={`Network ${index + 2}`} aria-invalid={error ? true : undefined} placeholder="vlan-50-storage" value={network} onChange={({ currentTarget }) => put(index, { network: currentTarget.value })} onBlur={onBlur} autoCapitalize="off" />
          <Select className="w-auto min-w-40" label={`Addresses on network ${index + 2}`} value={keyOf(pool)} onChange={(key) => put(index, { pool: pools.find((one) => keyOf(one) === key) ?? null })} choices={choices.some(({ value }) => value === keyOf(pool)) ? choices : [...choices, { value: keyOf(pool), label: pool?.name ?? '' }]} />
          <Button look="ghost" square aria-label={`Remove network ${index + 2}`} onClick={() => onChange(networks.filter((_, at) => at !== index))}><X size={14} aria-hidden /></Button>
        </div>
      ))}
      {error ? <p role="alert" className="text-12 text-bad"><ErrorText>{error}</ErrorText></p> : null}
      <Button size="sm" onClick={() => onChange([...networks, { network: '', pool: null }])}><Plus size={14} aria-hidden />Add network</Button>
      <p className="text-12 text-ink-3">Each machine gets a network card for every row. A pool or a DHCP server that names a gateway gives the machine a second way out: use one without.</p>
    </div>
  )
}
