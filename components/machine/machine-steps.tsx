'use client'
import type { MachineStepName, MachineView } from '@/lib/machine/view'
import { Raw } from '@/components/state/error-note'
import { ArcGlyph, Glyph } from '@/components/state/glyph'
import { rawCondition } from '@/components/state/raw-condition'
import { cn } from '@/components/ui/cn'
import { Collapsible } from '@/components/ui/collapsible'
import { span } from '@/components/ui/duration'
import { useNow } from '@/components/ui/now'
import { When } from '@/components/ui/time'
import { stepsOf } from './steps'

const colour: Record<MachineStepName, string> = {
  requested: 'bg-step-serve',
  cloned: 'bg-step-clone',
  address: 'bg-step-address',
  'powered-on': 'bg-step-power',
  bootstrapped: 'bg-step-boot',
  joined: 'bg-step-join',
  ready: 'bg-step-ready',
}

/** The life of a machine: how long each step took, as a bar and as a list. */
export function MachineSteps({ machine }: { machine: MachineView }) {
  const steps = stepsOf(machine, useNow(1000))
  const { condition, role, sentence } = machine.state
  const held = role === 'warn'
  return (
    <div className="space-y-3 px-4 pb-4 pl-[31px] pt-1 max-s:pl-4">
      {sentence ? <p className="text-ink-2">{sentence}</p> : null}
      <div aria-hidden className="flex h-2.5 gap-0.5">
        {steps.map((step) => (step.took ? <i key={step.name} title={`${step.label}: ${span(step.took)}`} className={cn('h-full min-w-[3px] rounded-[2px]', step.state === 'now' && held ? 'bg-warn-solid' : colour[step.name], step.state === 'now' && 'opacity-50')} style={{ flexGrow: step.took }} /> : null))}
      </div>
      <ol className="grid grid-cols-[repeat(auto-fill,minmax(132px,1fr))] gap-x-3 gap-y-2">
        {steps.map((step) => (
          <li key={step.name} className="flex items-start gap-1.5 text-12">
            <span className="mt-0.5">{step.state === 'done' ? <i aria-hidden className={cn('m-0.5 block size-2 rounded-[2px]', colour[step.name])} /> : step.state === 'now' ? (held ? <Glyph role="warn" shape="triangle" size={12} /> : <ArcGlyph size={12} className="text-busy-solid" />) : <Glyph role="idle" shape="ring" size={12} />}</span>
            <span className={cn('min-w-0', step.state === 'next' && 'text-ink-3')}>
              <span className="block">{step.label}</span>
              <span className="block text-ink-3">{step.at ? <When at={step.at} /> : step.state === 'now' ? (held ? 'held' : 'under way') : step.state === 'done' ? 'not reported' : 'then'}{step.took !== null && step.took >= 1000 ? `, ${span(step.took)}` : ''}</span>
            </span>
          </li>
        ))}
      </ol>
      {condition ? (
        <Collapsible chevron="start" summary={<span className="text-ink-2">Condition {condition.type}</span>} defaultOpen={role === 'bad' || role === 'warn'}>
          <Raw label={`Condition ${condition.type} of ${machine.name}`}>{rawCondition(condition)}</Raw>
        </Collapsible>
      ) : null}
    </div>
  )
}
