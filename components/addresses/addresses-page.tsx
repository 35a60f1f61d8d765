'use client'
import Link from 'next/link'
import type { AddressPoolView } from '@/lib/cluster/view'
import { shortMachineName } from '@/lib/kubernetes/names'
import { useCluster, useMachines, useTenant } from '@/components/live/hooks'
import { ClusterMissing } from '@/components/cluster/not-there'
import { AddressGrid } from '@/components/create/address-grid'
import { clusterHref } from '@/lib/cluster/href'
import { StateWord } from '@/components/state/state-word'
import { buttonLook } from '@/components/ui/button'
import { Note } from '@/components/ui/note'
import { Panel } from '@/components/ui/panel'
import { Bar } from '@/components/ui/progress'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { countWords, heldIn, holdersOf, type Holder } from './holders'
import { poolCells } from './pool-cells'
import { RangesForm } from './ranges-form'

/** Used and free addresses of a cluster, who holds each, and the ranges of its own pools. All of it is live. */
export function AddressesPage({ name }: { name: string }) {
  const { name: tenant } = useTenant()
  const cluster = useCluster(name)
  const holders = holdersOf(useMachines(name))
  if (!cluster) return <ClusterMissing name={name} />
  const { addresses } = cluster
  const pools: readonly AddressPoolView[] = [...(addresses.kind === 'pool' ? [addresses] : []), ...(addresses.more ?? [])]
  return (
    <div className="max-w-[920px] space-y-4">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 [overflow-wrap:anywhere]">Addresses of {name}</h1>
        <Link href={clusterHref(tenant, name)} className={`${buttonLook({ size: 'sm' })} ml-auto`}>See the cluster</Link>
      </div>
      {addresses.kind === 'dhcp' ? <Note>The network’s DHCP server gives each machine its address. How many are free is not known here.</Note> : null}
      {pools.map((pool) => <Pool key={pool.pool} cluster={name} endpoint={cluster.endpoint?.host ?? null} pool={pool} holders={holders} />)}
      <Panel title="Who holds each address" id="holders" note={holders.length}>
        {holders.length === 0 ? <p className="px-4 pb-4 text-ink-2">No machine holds an address yet.</p> : (
          <Table aria-labelledby="holders">
            <thead><tr><Th>Address</Th><Th>Machine</Th><Th className="max-s:hidden">Node pool</Th><Th className="max-s:hidden">State</Th></tr></thead>
            <tbody>
              {holders.map(({ address, machine }) => (
                <Tr key={`${address} ${machine.uid}`}>
                  <Td className="mono [overflow-wrap:anywhere]">{address}</Td>
                  <Td className="mono [overflow-wrap:anywhere]" title={machine.name}>{shortMachineName(machine.name, machine.cluster)}</Td>
                  <Td className="max-s:hidden">{machine.pool ?? '–'}</Td>
                  <Td className="max-s:hidden"><StateWord state={machine.state} /></Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </div>
  )
}

function Pool({ cluster, endpoint, pool, holders }: { cluster: string; endpoint: string | null; pool: AddressPoolView; holders: readonly Holder[] }) {
  const held = heldIn(pool.ranges, holders)
  const { rows, cut } = poolCells(pool, new Map(held.map(({ address, holder }) => [address, holder])))
  const others = pool.shared ? 0 : pool.used - held.length
  return (
    <Panel title={`Pool ${pool.pool}`} id={`pool-${pool.pool}`} note={pool.shared ? 'shared with other clusters' : pool.gateway ? <>gateway <span className="mono">{pool.gateway}</span></> : null}>
      <div className="space-y-4 px-4 pb-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Bar value={pool.total > 0 ? (pool.used / pool.total) * 100 : 0} tone={pool.free === 0 ? 'warn' : 'ink'} label={`Addresses of ${pool.pool} in use`} />
          <p>{countWords(pool)}</p>
        </div>
        <AddressGrid rows={rows} />
        {cut ? <p className="text-12 text-ink-3">Only the first addresses are drawn.</p> : null}
        {others > 0 ? <p className="text-12 text-ink-3">{others === 1 ? '1 address is' : `${others} addresses are`} held by what is no machine of this cluster, or is just being made or removed.</p> : null}
        {pool.shared ? <p className="text-ink-2">A platform admin keeps the ranges of this pool.</p> : <RangesForm key={pool.pool} cluster={cluster} endpoint={endpoint} pool={pool} held={held} />}
      </div>
    </Panel>
  )
}
