'use client'
import type { ClusterView } from '@/lib/cluster/view'
import { checksOf, type Check } from '@/lib/doctor/checks'
import { dueFindings, type Finding } from '@/lib/doctor/finding'
import { useFreshness } from '@/components/live/hooks'
import { Glyph } from '@/components/state/glyph'
import { cn } from '@/components/ui/cn'
import { Collapsible } from '@/components/ui/collapsible'
import { useNow } from '@/components/ui/now'
import { Panel } from '@/components/ui/panel'
import { When } from '@/components/ui/time'
import { FindingBody } from './finding-body'
import { headline } from './words'

/** What is worth saying of a cluster at this second. */
export function useFindings(cluster: ClusterView): readonly Finding[] {
  return dueFindings(cluster.findings, useNow(1000))
}

/** Says what holds a deletion, first cause first, and what can be done. It is there from the start, so that nothing moves when something holds. */
export function DeletionDoctor({ cluster, next }: { cluster: ClusterView; next: string }) {
  const findings = useFindings(cluster)
  const first = findings.find(({ weight }) => weight === 'held') ?? null
  return (
    <Panel title="Deletion doctor" id="doctor" note={headline(findings, true)} className={cn(first && 'border-warn-solid')}>
      <div className={cn('border-t border-line px-4 py-3', first && 'bg-warn-tint')}>
        {first ? <FindingLine finding={first} /> : <p className="flex items-start gap-2.5"><Mark is="fine" /><span>It goes by itself, and there is nothing to do. <span className="text-ink-2">{next}</span></span></p>}
      </div>
      {first ? <div className="border-t border-line px-4 py-3"><FindingBody key={first.id} finding={first} cluster={cluster} /></div> : null}
      <Others findings={findings.filter((finding) => finding !== first)} cluster={cluster} />
      <section aria-labelledby="looked-at" className="border-t border-line px-4 py-3">
        <h3 id="looked-at" className="mb-1.5 text-12 font-normal text-ink-3">Looked at, first cause first</h3>
        <ul className="grid gap-y-1">{checksOf(findings).map((check, index) => <CheckRow key={index} check={check} />)}</ul>
      </section>
    </Panel>
  )
}

/** On the page of a cluster that stays: only when there is something to say. */
export function ClusterDoctor({ cluster }: { cluster: ClusterView }) {
  const findings = useFindings(cluster)
  if (findings.length === 0) return null
  const [first, ...others] = findings.toSorted((a, b) => Number(b.weight === 'held') - Number(a.weight === 'held'))
  if (!first) return null
  const held = first.weight === 'held'
  return (
    <Panel title="Doctor" id="doctor" note={headline(findings, false)} className={cn(held && 'border-warn-solid')}>
      <div className={cn('border-t border-line px-4 py-3', held && 'bg-warn-tint')}><FindingLine finding={first} /></div>
      <div className="border-t border-line px-4 py-3"><FindingBody key={first.id} finding={first} cluster={cluster} /></div>
      <Others findings={others} cluster={cluster} />
    </Panel>
  )
}

function FindingLine({ finding }: { finding: Finding }) {
  return (
    <div className="flex items-start gap-2.5">
      <Mark is={finding.weight} />
      <div className="min-w-0 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]">{finding.sentence}.</p>
        <p className="text-ink-2">
          {finding.since ? <>Since <When at={finding.since} />. </> : null}
          {finding.more > 0 ? `The same holds ${finding.more} more. ` : null}
          {finding.weight === 'held' ? null : 'It goes on by itself.'}
        </p>
      </div>
    </div>
  )
}

function Others({ findings, cluster }: { findings: readonly Finding[]; cluster: ClusterView }) {
  if (findings.length === 0) return null
  return (
    <ul aria-label="Found as well">
      {findings.map((finding) => (
        <li key={finding.id} className="border-t border-line">
          <Collapsible className="px-4 py-[9px] hover:bg-sunken focus-visible:-outline-offset-2" panelClassName="pb-3 pl-[42px] pr-4" summary={<><Mark is={finding.weight} /><span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{finding.sentence}{finding.more > 0 ? `, and ${finding.more} more` : ''}</span></>}>
            <FindingBody finding={finding} cluster={cluster} />
          </Collapsible>
        </li>
      ))}
    </ul>
  )
}

function CheckRow({ check: { title, finding, is } }: { check: Check }) {
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-x-2.5">
      <Mark is={is} />
      <span className={cn('[overflow-wrap:anywhere]', is === 'held' && 'font-semibold')}>{title}</span>
      <span className="whitespace-nowrap text-ink-3">{finding?.since ? <When at={finding.since} /> : null}</span>
    </li>
  )
}

function Mark({ is }: { is: Check['is'] }) {
  const stale = useFreshness().state === 'stale'
  const said = is === 'fine' ? 'Fine: ' : is === 'held' ? 'Held: ' : 'Waits: '
  return (
    <span className="mt-0.5 shrink-0">
      {stale ? <Glyph role="idle" shape="unknown" /> : is === 'fine' ? <Glyph role="ok" shape="check" /> : is === 'held' ? <Glyph role="warn" shape="triangle" /> : <Glyph role="idle" shape="ring" />}
      <span className="sr-only">{stale ? 'Last known: ' : said}</span>
    </span>
  )
}
