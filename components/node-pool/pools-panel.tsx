'use client'
import { useState } from 'react'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import { useCan } from '@/components/live/hooks'
import { StateWord } from '@/components/state/state-word'
import { Button } from '@/components/ui/button'
import { Panel } from '@/components/ui/panel'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { ScaleDialog } from './scale-dialog'
import { machineSize } from './size'

export function PoolsPanel({ cluster }: { cluster: ClusterView }) {
  const [scaling, setScaling] = useState<string | null>(null)
  const can = useCan('scale:node-pool')
  const pool = cluster.pools.find((candidate) => candidate.name === scaling)
  return (
    <Panel title="Node pools" id="pools" note={cluster.pools.length}>
      {cluster.pools.length === 0 ? <p className="px-4 pb-4 text-ink-2">No pool has been reported yet.</p> : (
        <Table aria-labelledby="pools">
          <thead>
            <tr>
              <Th>Pool</Th><Th>State</Th><Th>Machines</Th><Th className="max-s:hidden">Each machine</Th><Th className="w-[88px]"><span className="sr-only">Actions</span></Th>
            </tr>
          </thead>
          <tbody>
            {cluster.pools.map((each) => (
              <Tr key={each.name}>
                <Td className="font-medium">{each.name}</Td>
                <Td><StateWord state={each.state} /></Td>
                <Td className="whitespace-nowrap"><Count pool={each} /></Td>
                <Td className="whitespace-nowrap max-s:hidden">{machineSize(each)}</Td>
                <Td className="text-right"><Button size="sm" reason={can.reason} onClick={() => setScaling(each.name)} aria-label={`Scale pool ${each.name}`}>Scale</Button></Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {pool ? <ScaleDialog cluster={cluster} pool={pool} onClose={() => setScaling(null)} /> : null}
    </Panel>
  )
}

function Count({ pool }: { pool: NodePoolView }) {
  if (pool.ready === pool.desired && pool.total === pool.desired) return <>{pool.desired}</>
  return <>{pool.ready} of {pool.desired} <span className="text-ink-3 max-s:hidden">{pool.total > pool.desired ? `${pool.total} exist` : ''}</span></>
}
