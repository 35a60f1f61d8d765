'use client'
import { useState, type ReactNode } from 'react'
import { toast } from 'sonner'
import { following, type AddOnView, type InstalledAddOn } from '@/lib/addons/view'
import { ADD_ON_WORDS } from '@/lib/addons/words'
import type { ErrorView } from '@/lib/errors'
import type { StateRole } from '@/lib/state'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Glyph, shapeOf, wordTone } from '@/components/state/glyph'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { Note } from '@/components/ui/note'
import { Panel } from '@/components/ui/panel'
import { ADD_ON_FIELDS } from './fields'

interface Props {
  readonly cluster: string
  readonly kubernetes: string
  readonly addOn: AddOnView
  readonly onOpen: (dialog: 'settings' | 'remove') => void
  readonly onDone: () => void
}

export function AddOnPanel({ cluster, kubernetes, addOn, onOpen, onDone }: Props) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:add-ons')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const { name, installed, fitting } = addOn
  const reason = can.reason ?? addOn.reason ?? undefined
  const { title, does, without } = ADD_ON_WORDS[name]
  const settings = installed?.settings ?? null

  const writeAgain = async () => {
    if (!settings) return
    setBusy(true)
    setError(null)
    const result = await actions.saveAddOn({ tenant, cluster, settings: following(settings, kubernetes), seen: settings })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`${title} is written as it should be`)
    onDone()
  }
  const buttons = installed ? (
    <>
      {settings ? <Button size="sm" look={installed.outdated.length > 0 ? 'primary' : 'plain'} busy={busy} reason={reason} onClick={() => void writeAgain()}>{installed.outdated.length > 0 ? 'Update' : 'Repair'}</Button> : null}
      <Button size="sm" reason={reason} onClick={() => onOpen('settings')}>Settings</Button>
      <Button size="sm" look="danger" reason={can.reason} onClick={() => onOpen('remove')}>Remove</Button>
    </>
  ) : <Button size="sm" reason={reason} onClick={() => onOpen('settings')}>Install</Button>

  return (
    <Panel id={`add-on-${name}`} title={title} actions={buttons}>
      <div className="space-y-3 px-4 pb-4">
        <p className="text-ink-2">{installed ? does : `Not installed. ${without}`}</p>
        {installed ? <Installed installed={installed} fitting={fitting} /> : null}
        {installed && !settings ? <Note role="warn">Something else made or changed it: its settings cannot be read here. Saving settings replaces what can be replaced, and forces nothing.</Note> : null}
        {addOn.reason ? <p className="text-ink-2">{addOn.reason}</p> : null}
        {error ? <ErrorNote error={error} /> : null}
      </div>
    </Panel>
  )
}

function Installed({ installed, fitting }: { installed: InstalledAddOn; fitting: string | null }) {
  const { running, version, outdated, inCluster, serviceMonitor, settings } = installed
  const fields = settings ? ADD_ON_FIELDS[settings.name].filter(({ key }) => key !== 'version') : []
  const values = settings as Readonly<Record<string, string>> | null
  return (
    <>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5">
        {running ? <Fact label="State"><Said {...running.health} /></Fact> : null}
        {running ? <Fact label="Pods ready">{running.ready} of {running.wanted}</Fact> : null}
        {fitting === null ? null : <Fact label="Version"><span className="mono">{version ?? 'unknown'}</span>{version === fitting ? null : <span className="text-ink-3"> {fitting} fits</span>}</Fact>}
        {inCluster ? <Fact label="In the cluster"><Said role={inCluster.role} word={inCluster.role === 'ok' ? 'Arrived' : 'On its way'} sentence={inCluster.sentence} /></Fact> : null}
        {serviceMonitor ? <Fact label="ServiceMonitor"><Said {...serviceMonitor} /></Fact> : null}
        {fields.filter(({ key }) => values?.[key]).map(({ key, label, choices }) => <Fact key={key} label={label}>{choices?.find(({ value }) => value === values?.[key])?.label ?? <span className="mono [overflow-wrap:anywhere]">{values?.[key]}</span>}</Fact>)}
      </dl>
      {outdated.length > 0 ? <Note role="warn">{outdated.map((sentence) => <p key={sentence}>{sentence}</p>)}</Note> : null}
    </>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="col-span-2 grid grid-cols-subgrid items-start max-s:grid-cols-1">
      <dt className="pt-px text-12 text-ink-3">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}

function Said({ role, word, sentence }: { role: StateRole; word: string; sentence: string }) {
  return (
    <span className="flex min-w-0 items-start gap-2">
      <Glyph role={role} shape={shapeOf(role, word, null)} className="mt-0.5" />
      <span className="min-w-0"><b className={cn(wordTone[role])}>{word}</b>{sentence ? <span className="text-ink-2"> {sentence}</span> : null}</span>
    </span>
  )
}
