'use client'
import { ChevronRight } from 'lucide-react'
import { Fragment, useState } from 'react'
import { shortMachineName } from '@/lib/kubernetes/names'
import { plainVersion } from '@/lib/kubernetes/version'
import type { MachineView } from '@/lib/machine/view'
import { StateWord } from '@/components/state/state-word'
import { useCan } from '@/components/live/hooks'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { Panel } from '@/components/ui/panel'
import { Table, Th } from '@/components/ui/table'
import { Ago } from '@/components/ui/time'
import { MachineDialog, type MachineAct } from './machine-dialog'
import { MachineSteps } from './machine-steps'

const cell = 'h-9 border-t border-line px-2 last:pr-4 max-s:flex max-s:h-12 max-s:min-w-0 max-s:items-center'
// On phones a grid: the row of details spans columns that are hidden there, and a table would keep room for them.
const row = 'max-s:grid max-s:grid-cols-[minmax(0,1fr)_136px]'
const head = 'border-b-0 max-s:w-auto max-s:leading-8'

interface MachinesPanelProps {
  readonly machines: readonly MachineView[]
  /** Without any, nothing will ever make a machine. */
  readonly hasPools?: boolean
  /** Why no machine is made for a pool: see skewHold. */
  readonly held?: (pool: string) => string | null
}

export function MachinesPanel({ machines, hasPools = true, held = () => null }: MachinesPanelProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [chosen, choose] = useState<{ machine: MachineView; act: MachineAct } | null>(null)
  const toggle = (uid: string) => setOpen((held) => (held.has(uid) ? new Set([...held].filter((other) => other !== uid)) : new Set([...held, uid])))
  return (
    <Panel title="Machines" id="machines" note={machines.length}>
      {machines.length === 0 ? <p className="px-4 pb-4 text-ink-2">{hasPools ? 'No machine exists yet. They are asked for once the control plane answers.' : 'No machines: add a pool.'}</p> : (
        <Table aria-labelledby="machines" role="table" className="table-fixed max-s:block">
          <thead role="rowgroup" className="max-s:block">
            <tr role="row" className={row}>
              <Th role="columnheader" className={`${head} w-[190px]`}>Machine</Th><Th role="columnheader" className={head}>State</Th><Th role="columnheader" className={`${head} w-[124px] max-s:hidden`}>Address</Th><Th role="columnheader" className={`${head} w-[80px] max-s:hidden`}>Version</Th><Th role="columnheader" className={`${head} w-[64px] text-right last:pr-4 max-s:hidden`}>Age</Th>
            </tr>
          </thead>
          <tbody role="rowgroup" className="max-s:block">
            {machines.map((machine) => (
              <Fragment key={machine.uid}>
                <tr role="row" className={cn(row, 'hover:bg-sunken')}>
                  <td role="cell" className={cn(cell, 'pl-2')}>
                    <button type="button" data-row aria-expanded={open.has(machine.uid)} onClick={() => toggle(machine.uid)} className="flex min-h-7 w-full min-w-0 items-center gap-1.5 rounded-1 px-1 text-left focus-visible:-outline-offset-2">
                      <ChevronRight size={14} aria-hidden className={cn('shrink-0 text-ink-3 transition-transform', open.has(machine.uid) && 'rotate-90')} />
                      <span className="min-w-0">
                        <span className="mono block truncate font-medium" title={machine.name}>{shortMachineName(machine.name, machine.cluster)}</span>
                        <span className="mono hidden truncate text-11 text-ink-3 max-s:block">{machine.address ?? 'no address yet'}</span>
                      </span>
                    </button>
                  </td>
                  <td role="cell" className={cell}><StateWord state={machine.state} sentence /></td>
                  <td role="cell" className={cn(cell, 'mono truncate text-ink-2 max-s:hidden')}>{machine.address ?? <span className="text-ink-3">–</span>}</td>
                  <td role="cell" className={cn(cell, 'mono whitespace-nowrap text-ink-2 max-s:hidden')}>{machine.version ? plainVersion(machine.version) : '–'}{machine.upToDate ? '' : <span className="font-sans text-12 text-ink-3"> old</span>}</td>
                  <td role="cell" className={cn(cell, 'text-right text-ink-2 max-s:hidden')}><Ago at={machine.createdAt} /></td>
                </tr>
                {open.has(machine.uid) ? <tr role="row" className="max-s:block"><td role="cell" colSpan={5} className="p-0 max-s:block"><Node machine={machine} /><MachineSteps machine={machine} /><Acts machine={machine} held={machine.pool === null ? null : held(machine.pool)} onAct={(act) => choose({ machine, act })} /></td></tr> : null}
              </Fragment>
            ))}
          </tbody>
        </Table>
      )}
      {chosen ? <MachineDialog machine={chosen.machine} act={chosen.act} onClose={() => choose(null)} /> : null}
    </Panel>
  )
}

function Acts({ machine, held, onAct }: { machine: MachineView; held: string | null; onAct: (act: MachineAct) => void }) {
  const can = useCan('remove:machine')
  const reason = can.reason ?? (machine.deletingSince !== null ? 'It is leaving already.' : machine.pool === null ? 'It belongs to no pool, so nothing would make another one.' : null)
  const name = shortMachineName(machine.name, machine.cluster)
  return (
    <div className="flex gap-2 px-4 pb-4 pl-[31px] max-s:pl-4">
      <Button size="sm" reason={reason ?? held} aria-label={`Replace ${name}`} onClick={() => onAct('replace')}>Replace</Button>
      <Button size="sm" look="danger" reason={reason} aria-label={`Remove ${name}`} onClick={() => onAct('remove')}>Remove</Button>
    </div>
  )
}

function Node({ machine }: { machine: MachineView }) {
  const { node, phase, pool, state, zone } = machine
  const where = `${pool ? ` in pool ${pool}` : ''}${zone === undefined ? '' : `, zone ${zone}`}`
  const ready = node?.ready ? 'ready' : 'not ready'
  return (
    <p className="px-4 pb-2 pl-[31px] pt-1 text-12 text-ink-3 [overflow-wrap:anywhere] max-s:pl-4">
      <span className="mono text-ink-2">{machine.name}</span>{where}.{' '}
      {node === null ? 'It has no node yet.' : node.name === machine.name ? `Its node has the same name and is ${ready}.` : <>Its node <span className="mono text-ink-2">{node.name}</span> is {ready}.</>}
      {phase && state.word !== 'Ready' ? ` Cluster API says ${phase}.` : ''}
    </p>
  )
}
