'use client'
import { ChevronRight } from 'lucide-react'
import { Fragment, useState } from 'react'
import { shortMachineName } from '@/lib/kubernetes/names'
import { plainVersion } from '@/lib/kubernetes/version'
import type { MachineView } from '@/lib/machine/view'
import { StateWord } from '@/components/state/state-word'
import { cn } from '@/components/ui/cn'
import { Panel } from '@/components/ui/panel'
import { Table, Th } from '@/components/ui/table'
import { Ago } from '@/components/ui/time'
import { MachineSteps } from './machine-steps'

const cell = 'h-9 border-t border-line px-2 last:pr-4 max-s:h-12'

export function MachinesPanel({ machines }: { machines: readonly MachineView[] }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const toggle = (uid: string) => setOpen((held) => (held.has(uid) ? new Set([...held].filter((other) => other !== uid)) : new Set([...held, uid])))
  return (
    <Panel title="Machines" id="machines" note={machines.length}>
      {machines.length === 0 ? <p className="px-4 pb-4 text-ink-2">No machine exists yet. They are asked for once the control plane answers.</p> : (
        <Table aria-labelledby="machines" className="table-fixed">
          <thead>
            <tr>
              <Th className="w-[230px] border-b-0 max-s:w-auto">Machine</Th><Th className="border-b-0 max-s:w-[136px]">State</Th><Th className="w-[120px] border-b-0 max-s:hidden">Address</Th><Th className="w-[88px] border-b-0 max-s:hidden">Version</Th><Th className="w-[64px] border-b-0 text-right max-s:hidden">Age</Th>
            </tr>
          </thead>
          <tbody>
            {machines.map((machine) => (
              <Fragment key={machine.uid}>
                <tr className="hover:bg-sunken">
                  <td className={cn(cell, 'pl-2')}>
                    <button type="button" data-row aria-expanded={open.has(machine.uid)} onClick={() => toggle(machine.uid)} className="flex min-h-7 w-full min-w-0 items-center gap-1.5 rounded-1 px-1 text-left focus-visible:-outline-offset-2">
                      <ChevronRight size={14} aria-hidden className={cn('shrink-0 text-ink-3 transition-transform', open.has(machine.uid) && 'rotate-90')} />
                      <span className="min-w-0">
                        <span className="mono block truncate font-medium" title={machine.name}>{shortMachineName(machine.name, machine.cluster)}</span>
                        <span className="mono hidden truncate text-11 text-ink-3 max-s:block">{machine.address ?? '\u00a0'}</span>
                      </span>
                    </button>
                  </td>
                  <td className={cell}><StateWord state={machine.state} sentence /></td>
                  <td className={cn(cell, 'mono truncate text-ink-2 max-s:hidden')}>{machine.address ?? <span className="text-ink-3">–</span>}</td>
                  <td className={cn(cell, 'mono whitespace-nowrap text-ink-2 max-s:hidden')}>{machine.version ? plainVersion(machine.version) : '–'}{machine.upToDate ? '' : <span className="font-sans text-12 text-ink-3"> old</span>}</td>
                  <td className={cn(cell, 'text-right text-ink-2 max-s:hidden')}><Ago at={machine.createdAt} /></td>
                </tr>
                {open.has(machine.uid) ? <tr><td colSpan={5} className="p-0"><Node machine={machine} /><MachineSteps machine={machine} /></td></tr> : null}
              </Fragment>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  )
}

function Node({ machine }: { machine: MachineView }) {
  return (
    <p className="px-4 pb-2 pl-10 pt-1 text-12 text-ink-3 max-s:pl-4">
      <span className="mono text-ink-2">{machine.name}</span>{machine.pool ? ` in pool ${machine.pool}` : ''}.{' '}
      {machine.node ? <>Node <span className="mono text-ink-2">{machine.node.name}</span> is {machine.node.ready ? 'ready' : 'not ready'}.</> : 'It has no node yet.'}
      {machine.phase ? ` Cluster API says ${machine.phase}.` : ''}
    </p>
  )
}
