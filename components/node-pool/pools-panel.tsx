'use client'
import { Ellipsis, Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import { planeVersion, skewHold } from '@/lib/node-pool/skew'
import { useCan, useTenant } from '@/components/live/hooks'
import { StateWord } from '@/components/state/state-word'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { Menu, MenuItem } from '@/components/ui/menu'
import { Panel } from '@/components/ui/panel'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { clusterHref } from '@/lib/cluster/href'
import { RemoveDialog } from './remove-dialog'
import { RestartDialog } from './restart-dialog'
import { ScaleDialog } from './scale-dialog'
import { machineSize } from './size'

// On phones each pool is a card: its name and its actions, and all of its facts below.
const cell = 'max-s:h-auto max-s:border-b-0 max-s:!px-0'

const DIALOGS = { scale: ScaleDialog, restart: RestartDialog, remove: RemoveDialog } as const

export function PoolsPanel({ cluster }: { cluster: ClusterView }) {
  const router = useRouter()
  const { name: tenant } = useTenant()
  const [open, setOpen] = useState<{ pool: string; dialog: keyof typeof DIALOGS } | null>(null)
  const canScale = useCan('scale:node-pool')
  const canChange = useCan('change:node-pool')
  const pool = cluster.pools.find((candidate) => candidate.name === open?.pool)
  const Dialog = open ? DIALOGS[open.dialog] : null
  const pools = `${clusterHref(tenant, cluster.name)}/pools`
  const isBorn = cluster.pools.length === 0 && cluster.state.word === 'Creating'
  const add = isBorn ? 'The first pool is on its way.' : canChange.reason
  return (
    <Panel title="Node pools" id="pools" note={cluster.pools.length} actions={<Button size="sm" reason={add} onClick={() => router.push(`${pools}/new`)}><Plus size={14} aria-hidden />Add pool</Button>}>
      {cluster.pools.length === 0 ? <p className="px-4 pb-4 text-ink-2">{isBorn ? 'No pool has been reported yet.' : 'No machines, so nothing runs here but the control plane: add a pool.'}</p> : (
        <Table role="table" aria-labelledby="pools" className="max-s:block">
          <thead role="rowgroup" className="max-s:sr-only">
            <tr role="row">
              <Th role="columnheader">Pool</Th><Th role="columnheader">State</Th><Th role="columnheader">Machines</Th><Th role="columnheader">Each machine</Th><Th role="columnheader" className="w-[120px]"><span className="sr-only">Actions</span></Th>
            </tr>
          </thead>
          <tbody role="rowgroup" className="max-s:block">
            {cluster.pools.map((each) => (
              <Tr key={each.name} role="row" className="max-s:grid max-s:grid-cols-[auto_minmax(0,1fr)_auto] max-s:items-center max-s:gap-x-3 max-s:gap-y-1 max-s:border-t max-s:border-line max-s:px-4 max-s:py-2.5">
                <Td role="cell" className={cn(cell, 'font-medium [overflow-wrap:anywhere] max-s:order-1 max-s:col-span-2')}>{each.name}{each.zones ? <span className="block pb-1 text-12 font-normal text-ink-3">{each.zones.map(({ zone, desired }) => `${zone} ${desired}`).join(', ')}</span> : null}</Td>
                <Td role="cell" className={cn(cell, 'max-s:order-3')}><StateWord state={each.state} /></Td>
                <Td role="cell" className={cn(cell, 'whitespace-nowrap max-s:order-4 max-s:col-span-2')}><Count pool={each} /></Td>
                <Td role="cell" className={cn(cell, 'whitespace-nowrap max-s:order-5 max-s:col-span-full max-s:whitespace-normal max-s:text-ink-2')}>{machineSize(each)}</Td>
                <Td role="cell" className={cn(cell, 'max-s:order-2')}>
                  <div className="flex justify-end gap-1">
                    <Button size="sm" reason={canScale.reason} onClick={() => setOpen({ pool: each.name, dialog: 'scale' })} aria-label={`Scale pool ${each.name}`}>Scale</Button>
                    <Menu trigger={<Button size="sm" square look="ghost" aria-label={`More for pool ${each.name}`}><Ellipsis size={16} aria-hidden /></Button>}>
                      <MenuItem onClick={() => router.push(`${pools}/${encodeURIComponent(each.name)}`)}>{canChange.reason ? 'Look at its settings' : 'Change'}</MenuItem>
                      <MenuItem reason={canChange.reason ?? (cluster.origin ? `${cluster.origin.tool} holds its settings. Take the cluster over first.` : skewHold(each, planeVersion(cluster)))} onClick={() => setOpen({ pool: each.name, dialog: 'restart' })}>Restart all machines</MenuItem>
                      <MenuItem danger reason={canChange.reason} onClick={() => setOpen({ pool: each.name, dialog: 'remove' })}>Remove pool</MenuItem>
                    </Menu>
                  </div>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {pool && Dialog ? <Dialog cluster={cluster} pool={pool} onClose={() => setOpen(null)} /> : null}
    </Panel>
  )
}

function Count({ pool: { ready, desired, total } }: { pool: NodePoolView }) {
  return (
    <>
      {ready === desired && total === desired ? desired : `${ready} of ${desired}`}
      <span className="s:hidden"> {desired === 1 ? 'machine' : 'machines'}</span>
      {total > desired ? <span className="text-ink-3"> {total} exist</span> : null}
    </>
  )
}
