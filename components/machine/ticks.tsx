import type { MachineTick, MachineView } from '@/lib/machine/view'
import { machineTick } from '@/lib/machine/tick'
import { cn } from '@/components/ui/cn'

const look: Record<MachineTick, string> = {
  serving: 'bg-ok-solid',
  old: 'bg-step-serve',
  coming: 'border-[1.5px] border-busy-solid',
  waiting: 'border-[1.5px] border-dashed border-warn-solid',
  leaving: 'border-[1.5px] border-dashed border-idle-solid',
  'not-ready': 'h-[7px] bg-bad-solid',
}
const words: Record<MachineTick, string> = {
  serving: 'serving',
  old: 'serving, old version or size',
  coming: 'coming',
  waiting: 'waiting',
  leaving: 'leaving',
  'not-ready': 'not ready',
}
const ORDER: readonly MachineTick[] = ['serving', 'old', 'not-ready', 'coming', 'waiting', 'leaving']
const MOST = 16

/** One mark a machine, so that one can count; over 16 a bar of the same colours. */
export function MachineTicks({ machines }: { machines: readonly MachineView[] }) {
  if (machines.length === 0) return null
  const ticks = machines.map(machineTick).toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
  const counts = ORDER.map((kind) => ({ kind, count: ticks.filter((tick) => tick === kind).length })).filter(({ count }) => count > 0)
  const label = counts.map(({ kind, count }) => `${count} ${words[kind]}`).join(', ')
  if (ticks.length > MOST) {
    return (
      <span role="img" aria-label={label} className="inline-flex h-2.5 w-18 shrink-0 gap-px overflow-hidden rounded-[2px]">
        {counts.map(({ kind, count }) => <i key={kind} className={cn('h-full', look[kind])} style={{ flexGrow: count }} />)}
      </span>
    )
  }
  return (
    <span role="img" aria-label={label} className="inline-flex h-3.5 shrink-0 items-end gap-0.5">
      {ticks.map((tick, index) => <Tick key={index} kind={tick} />)}
    </span>
  )
}

function Tick({ kind }: { kind: MachineTick }) {
  return <i className={cn('h-3.5 w-[5px] rounded-[1.5px]', look[kind])} />
}

export function TickLegend() {
  return (
    <ul className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 text-12 text-ink-3" aria-label="What the marks of machines mean">
      {(['serving', 'old', 'coming', 'waiting', 'leaving', 'not-ready'] as const).map((kind) => (
        <li key={kind} className="inline-flex items-end gap-1.5"><span aria-hidden className="inline-flex h-3.5 items-end"><Tick kind={kind} /></span>{words[kind]}</li>
      ))}
    </ul>
  )
}

/** "5 of 8", or what is left of it while the cluster goes. */
export function machineCount(machines: { desired: number; ready: number; total: number }, deleting: boolean): string {
  if (deleting) return machines.total === 0 ? 'none left' : `${machines.total} leaving`
  return `${machines.ready} of ${machines.desired}`
}
