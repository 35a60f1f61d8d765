'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import { isComing } from '@/lib/machine/words'
import { machineCount, MachineTicks } from '@/components/machine/ticks'
import { inventoryName } from '@/components/node-pool/inventory-name'
import { clusterHref } from '@/lib/cluster/href'
import { Glyph } from '@/components/state/glyph'
import { useShown } from '@/components/state/state-word'
import { CopyButton } from '@/components/ui/copy-button'
import { NewerVersion as Newer } from '@/components/upgrade/newer-version'
import { plural } from '@/lib/text'
import { Bar } from '@/components/ui/progress'
import { Version } from './cluster-row'

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-12 text-ink-3">{label}</dt>
      <dd className="mt-0.5 flex min-h-6 min-w-0 flex-wrap items-center gap-x-2 max-s:gap-x-1.5">{children}</dd>
    </div>
  )
}

export function Facts({ cluster, machines }: { cluster: ClusterView; machines: readonly MachineView[] }) {
  const { endpoint, controlPlane, addresses, placement } = cluster
  const plane = useShown(controlPlane.state)
  const address = endpoint ? `${endpoint.host}:${endpoint.port}` : null
  const coming = machines.filter((machine) => machine.deletingSince === null && machine.state.role !== 'warn' && isComing(machine)).length
  return (
    <dl className="grid grid-cols-[1fr_1.7fr_1.6fr_1.7fr_1.5fr_1.2fr] gap-x-5 gap-y-3 rounded-3 border border-line bg-surface px-4 py-3 max-[1280px]:grid-cols-[1fr_1.2fr_1.2fr] max-s:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)] max-s:gap-x-4">
      <Fact label="Kubernetes"><span className="mono whitespace-nowrap"><Version {...cluster.version} /></span><Newer cluster={cluster} /></Fact>
      <Fact label="API endpoint">
        {address ? <><span className="mono whitespace-nowrap">{address}</span><span className="-my-1"><CopyButton text={`https://${address}`} label="Copy the API endpoint" /></span></> : <span className="text-ink-3">not given yet</span>}
      </Fact>
      <Fact label="Control plane">
        <Link href={`${clusterHref(cluster.tenant, cluster.name)}/control-plane`} prefetch={false} className="link inline-flex items-center gap-2"><Glyph role={plane.role} shape={plane.shape} percent={plane.percent} />{plane.word}, {controlPlane.readyReplicas === controlPlane.replicas ? plural(controlPlane.replicas, 'replica') : `${controlPlane.readyReplicas} of ${plural(controlPlane.replicas, 'replica')}`}</Link>
      </Fact>
      <Fact label="Machines ready">
        <MachineTicks machines={machines} />
        <span className="whitespace-nowrap">{machineCount(cluster.machines, false)}{coming > 0 ? `, ${coming} coming` : ''}</span>
      </Fact>
      <Fact label="Addresses">
        {addresses.kind === 'dhcp' ? 'DHCP' : (
          <>
            <span className="flex max-[1400px]:hidden"><Bar value={addresses.total ? (addresses.used / addresses.total) * 100 : 0} tone={addresses.free === 0 ? 'warn' : 'ink'} label="Addresses in use" /></span>
            <Link href={`${clusterHref(cluster.tenant, cluster.name)}/addresses`} prefetch={false} className="link whitespace-nowrap">{addresses.free} of {addresses.total} free</Link>
          </>
        )}
      </Fact>
      <Fact label="Placement">
        {placement ? <span className="min-w-0 [overflow-wrap:anywhere]" title={[placement.server, placement.datacenter, placement.resourcePool, placement.folder, placement.datastore, placement.network].join('\n')}>{[placement.datacenter, inventoryName(placement.resourcePool)].filter(Boolean).join(', ')}</span> : <span className="text-ink-3">–</span>}
      </Fact>
    </dl>
  )
}
