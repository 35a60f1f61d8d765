'use client'
import { useState } from 'react'
import { toast } from 'sonner'
import type { ClusterView } from '@/lib/cluster/view'
import { kindOf, nameOf, type Finding, type LastResort, type SafeStep } from '@/lib/doctor/finding'
import { logCommand, noteFor, stepWords } from '@/lib/doctor/meaning'
import type { ErrorView } from '@/lib/errors'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote, Raw } from '@/components/state/error-note'
import { rawCondition } from '@/components/state/raw-condition'
import { Button } from '@/components/ui/button'
import { Collapsible } from '@/components/ui/collapsible'
import { CopyButton } from '@/components/ui/copy-button'
import { LetGoDialog } from './let-go-dialog'
import { LookDialog } from './look-dialog'

/** What can be done about one finding, its raw words, and where to read more. */
export function FindingBody({ finding, cluster }: { finding: Finding; cluster: ClusterView }) {
  const { next, lastResorts, logs, condition, field, subject } = finding
  const raw = [condition ? rawCondition(condition) : null, field].filter((text) => text !== null).join('\n')
  return (
    <div className="space-y-2">
      {next ? <Step step={next} finding={finding} cluster={cluster} /> : lastResorts.length > 0 ? <p className="text-ink-2">There is no safe step here: whoever holds it has to let go. What follows is the last resort.</p> : null}
      {finding.cause === 'node' ? <Look cluster={cluster} /> : null}
      {raw ? (
        <Collapsible chevron="start" summary={<span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">Raw words of {kindOf(subject)} <span className="mono">{nameOf(subject)}</span></span>}>
          <Raw label={`Raw words of ${subject}`}>{raw}</Raw>
        </Collapsible>
      ) : null}
      {logs ? (
        <Collapsible chevron="start" summary={<span className="text-ink-2">The log to read</span>}>
          <Raw label="Command for the log">{logCommand(logs)}</Raw>
          <p className="mt-1 text-12 text-ink-3">On the management cluster, where its provider is installed as it comes. A platform admin can read it.</p>
        </Collapsible>
      ) : null}
      {lastResorts.length > 0 ? (
        <Collapsible chevron="start" summary={<span className="text-ink-2">{next ? 'If this never comes to an end' : 'Last resort'}</span>}>
          <ul className="mt-1.5 space-y-1.5">{lastResorts.map((resort) => <Resort key={`${resort.act}${resort.object}`} resort={resort} cluster={cluster} />)}</ul>
        </Collapsible>
      ) : null}
    </div>
  )
}

/** What the management cluster can't tell apart, the tenant cluster's own API can. */
function Look({ cluster }: { cluster: ClusterView }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>Look into the nodes</Button>
      <p className="text-12 text-ink-3">Asks the cluster’s own API which of the two it is. Nothing is changed.</p>
      {open ? <LookDialog cluster={cluster} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function Step({ step, finding, cluster }: { step: SafeStep; finding: Finding; cluster: ClusterView }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('unstick:cluster')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const { verb, effect } = stepWords(step)
  const note = stepWords({ act: 'tell-platform' })

  const take = async () => {
    if (step.act === 'tell-platform') return
    setBusy(true)
    setError(null)
    const result = await actions.unstick({ tenant, cluster: cluster.name, object: step.object, act: step.act })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`${verb}: ${nameOf(step.object)}`)
  }

  return (
    <div>
      <h4 className="mb-1 text-12 font-normal text-ink-3">{step.act === 'tell-platform' ? 'Someone else has to mend it' : 'Safe next step'}</h4>
      <div className="flex flex-wrap gap-2">
        {step.act === 'tell-platform' ? null : <Button look="primary" busy={busy} reason={can.reason} onClick={() => void take()}>{verb}</Button>}
        {step.act === 'tell-platform' || step.act === 'look-again' ? <CopyButton look="plain" size="md" label={note.verb} text={noteFor(finding, { tenant, cluster: cluster.name })}>{note.verb}</CopyButton> : null}
      </div>
      <p className="mt-1.5 text-12 text-ink-3">{effect}{step.act === 'look-again' ? ` ${note.effect}` : ''}</p>
      {error ? <ErrorNote error={error} className="mt-2" /> : null}
    </div>
  )
}

function Resort({ resort, cluster }: { resort: LastResort; cluster: ClusterView }) {
  const can = useCan('unstick:cluster')
  const [open, setOpen] = useState(false)
  const verb = resort.act === 'hooks' ? 'Remove the hook' : 'Let go of it'
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="min-w-0 flex-1 basis-48"><span className="mono [overflow-wrap:anywhere]">{nameOf(resort.object)}</span> <span className="text-12 text-ink-3">{kindOf(resort.object)}</span></span>
      <Button look="danger" size="sm" reason={can.reason} onClick={() => setOpen(true)} aria-label={`${verb}: ${nameOf(resort.object)}`}>{verb}</Button>
      {open ? <LetGoDialog resort={resort} cluster={cluster.name} onClose={() => setOpen(false)} /> : null}
    </li>
  )
}
