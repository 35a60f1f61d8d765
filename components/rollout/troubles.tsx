'use client'
import { shortMachineName } from '@/lib/kubernetes/names'
import type { Story, Trouble } from '@/lib/rollout/story'
import { Raw } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { rawCondition } from '@/components/state/raw-condition'
import { Collapsible } from '@/components/ui/collapsible'
import { span } from '@/components/ui/duration'
import { Clock } from '@/components/ui/time'

interface Told {
  readonly trouble: Trouble
  /** null: of the cluster or a pool. */
  readonly machine: { readonly name: string; readonly gone: string | null } | null
}

/** Newest first. Those of machines that are gone stay. */
export function troublesOf({ rollout, machines }: Story): readonly Told[] {
  const own = rollout.troubles.map((trouble): Told => ({ trouble, machine: null }))
  const theirs = Object.values(machines).flatMap(({ name, leaving, troubles }) => troubles.map((trouble): Told => ({ trouble, machine: { name: shortMachineName(name, rollout.cluster), gone: leaving.gone } })))
  return [...own, ...theirs].toSorted((a, b) => Date.parse(b.trouble.at) - Date.parse(a.trouble.at) || (a.trouble.key < b.trouble.key ? -1 : 1))
}

/** What went wrong while the change ran: it outlives its end and the machine that had it. */
export function Troubles({ story, id }: { story: Story; id: string }) {
  const all = troublesOf(story)
  if (all.length === 0) return null
  return (
    <section aria-labelledby={id} className="border-t border-line">
      <h3 id={id} className="px-4 pb-1 pt-2.5 text-12 font-medium text-ink-3">What went wrong, {all.length}</h3>
      <ul className="pb-1.5">
        {all.map(({ trouble, machine }) => <li key={`${machine?.name ?? ''}${trouble.key}${trouble.at}`}><Line trouble={trouble} machine={machine} /></li>)}
      </ul>
    </section>
  )
}

function Line({ trouble, machine }: Told) {
  const { at, until, sentence, condition } = trouble
  const line = (
    <span className="grid w-full grid-cols-[16px_56px_minmax(0,1fr)] items-start gap-x-2.5 max-s:grid-cols-[16px_minmax(0,1fr)]">
      <span className="mt-0.5">{until === null ? <Glyph role="warn" shape="triangle" /> : <Glyph role="idle" shape="triangle" />}</span>
      <Clock at={at} className="text-12 leading-5 text-ink-3" />
      <span className="min-w-0 max-s:col-start-2 [overflow-wrap:anywhere]">
        {machine ? <><span className="mono">{machine.name}</span>: </> : null}{sentence}
        <span className="text-ink-3">
          {until === null ? ', still so' : `, over after ${span(Date.parse(until) - Date.parse(at))}`}
          {machine?.gone ? <>, machine gone since <Clock at={machine.gone} /></> : null}
        </span>
      </span>
    </span>
  )
  if (!condition) return <div className="px-4 py-[5px]">{line}</div>
  return (
    <Collapsible summary={line} className="px-4 py-[5px] hover:bg-sunken focus-visible:-outline-offset-2" panelClassName="pb-2 pl-[42px] pr-4">
      <Raw label={`Condition ${condition.type}`}>{rawCondition(condition)}</Raw>
    </Collapsible>
  )
}
