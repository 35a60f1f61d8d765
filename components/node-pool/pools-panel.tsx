'use client'
import { Ellipsis, Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import { planeVersion, skewHold } from '@/lib/node-pool/skew'
import { useCan, useTenant } from '@/components/live/hooks'
import { StateWord } from '@/components/state/state-word'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { Panel } from '@/components/ui/panel'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { clusterHref } from '@/lib/cluster/href'
import { RemoveDialog } from './remove-dialog'
import { RestartDialog } from './restart-dialog'
import { ScaleDialog } from './scale-dialog'
import { machineSize } from './size'

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
        <Table aria-labelledby="pools">
          <thead>
            <tr>
              <Th>Pool</Th><Th>State</Th><Th>Machines</Th><Th className="max-s:hidden">Each machine</Th><Th className="w-[120px]"><span className="sr-only">Actions</span></Th>
            </tr>
          </thead>
          <tbody>
            {cluster.pools.map((each) => (
              <Tr key={each.name}>
                <Td className="font-medium [overflow-wrap:anywhere]">{each.name}{each.zones ? <span className="block pb-1 text-12 font-normal text-ink-3">{each.zones.map(({ zone, desired }) => `${zone} ${desired}`).join(', ')}</span> : null}</Td>
                <Td><StateWord state={each.state} /></Td>
                <Td className="whitespace-nowrap"><Count pool={each} /></Td>
                <Td className="whitespace-nowrap max-s:hidden">{machineSize(each)}</Td>
                <Td className="whitespace-nowrap text-right">
                  <Button size="sm" reason={canScale.reason} onClick={() => setOpen({ pool: each.name, dialog: 'scale' })} aria-label={`Scale pool ${each.name}`}>Scale</Button>
                  <Menu trigger={<Button size="sm" square look="ghost" className="ml-1" aria-label={`More for pool ${each.name}`}><Ellipsis size={16} aria-hidden /></Button>}>
                    <MenuItem onClick={() => router.push(`${pools}/${encodeURIComponent(each.name)}`)}>{canChange.reason ? 'Look at its settings' : 'Change'}</MenuItem>
                    <MenuItem reason={canChange.reason ?? (cluster.origin ? `${cluster.origin.tool} holds its settings. Take the cluster over first.` : skewHold(each, planeVersion(cluster)))} onClick={() => setOpen({ pool: each.name, dialog: 'restart' })}>Restart all machines</MenuItem>
                    <MenuItem danger reason={canChange.reason} onClick={() => setOpen({ pool: each.name, dialog: 'remove' })}>Remove pool</MenuItem>
                  </Menu>
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

function Count({ pool }: { pool: NodePoolView }) {
  if (pool.ready === pool.desired && pool.total === pool.desired) return <>{pool.desired}</>
  return <>{pool.ready} of {pool.desired} <span className="text-ink-3 max-s:hidden">{pool.total > pool.desired ? `${pool.total} exist` : ''}</span></>
}
