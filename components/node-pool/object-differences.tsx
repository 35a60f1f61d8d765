'use client'
import { useId } from 'react'
import type { ObjectDifference } from '@/lib/node-pool/review'
import { Collapsible } from '@/components/ui/collapsible'
import { cn } from '@/components/ui/cn'
import { Panel } from '@/components/ui/panel'

const WHAT: Readonly<Record<ObjectDifference['what'], string>> = { new: 'new', changed: 'changed', removed: 'removed' }
const SIGN = { same: ' ', added: '+', removed: '-', gap: ' ' } as const

/** Each object that differs, as YAML. Secrets never reach the browser (lib/manifests/shown.ts). */
export function ObjectDifferences({ objects }: { objects: readonly ObjectDifference[] }) {
  // A page of addresses can show those of two pools.
  const id = useId()
  if (objects.length === 0) return null
  return (
    <Panel title="Objects" id={id} note={objects.length}>
      {objects.map(({ kind, name, what, lines }) => (
        <Collapsible
          key={`${kind}/${name}`}
          chevron="start"
          className="border-t border-line px-4 py-2.5"
          panelClassName="px-4 pb-3"
          summary={<span className="min-w-0 [overflow-wrap:anywhere]"><span className="font-medium">{kind}</span> <span className="mono text-ink-2">{name}</span> <span className="text-ink-3">{WHAT[what]}</span></span>}
        >
          <pre tabIndex={0} role="region" aria-label={`Difference of ${kind} ${name}`} className="max-h-[420px] overflow-auto rounded-2 bg-sunken py-2 font-mono text-12 leading-[18px]">
            {lines.map(({ sign, text }, index) => (
              <span key={index} className={cn('block w-max min-w-full px-3', sign === 'added' && 'bg-ok-tint', sign === 'removed' && 'bg-bad-tint', (sign === 'same' || sign === 'gap') && 'text-ink-2')}>{sign === 'gap' ? '⋯' : `${SIGN[sign]} ${text}`}</span>
            ))}
          </pre>
        </Collapsible>
      ))}
    </Panel>
  )
}
