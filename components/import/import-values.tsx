'use client'
import { useRef, useState } from 'react'
import { importChartValues, MAX_VALUES, type Imported } from '@/lib/import/chart-values'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { IdentityOption } from '@/lib/identity/offer'
import { plural } from '@/lib/text'
import { Button } from '@/components/ui/button'
import { Collapsible } from '@/components/ui/collapsible'
import { ErrorText } from '@/components/ui/field'
import { Note } from '@/components/ui/note'
import { TextArea } from '@/components/ui/text-area'

interface Props {
  readonly identities: readonly IdentityOption[]
  /** What the form holds now. */
  readonly current: () => ClusterSpec
  readonly onImport: (spec: ClusterSpec) => void
}

/** A values.yaml of the Helm chart, into the form. Nothing is sent anywhere. */
export function ImportValues({ identities, current, onImport }: Props) {
  const [text, setText] = useState('')
  const [result, setResult] = useState<Imported | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const take = (values: string) => {
    const imported = importChartValues(values, current(), identities)
    setResult(imported)
    if ('spec' in imported) onImport(imported.spec)
  }
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return
    if (chosen.size > MAX_VALUES) return setResult({ error: 'This file is over 1 MiB, which is no values file.' })
    const values = await chosen.text()
    setText(values)
    take(values)
  }
  return (
    <div className="mb-6 rounded-3 border border-line bg-surface">
      <Collapsible chevron="start" className="px-3 py-2.5" panelClassName="space-y-3 px-3 pb-4 pl-10 max-s:pl-3" summary={<span className="font-medium">Import values of the Helm chart</span>}>
        <TextArea aria-label="values.yaml" rows={6} placeholder={'cluster:\n  name: blue-1\nnodePools:\n  - name: general'} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
        <div className="flex flex-wrap items-center gap-2">
          <Button reason={text.trim() === '' ? 'Paste a values.yaml, or choose a file.' : null} onClick={() => take(text)}>Fill the form</Button>
          <Button look="ghost" onClick={() => file.current?.click()}>Choose a file</Button>
          <input ref={file} type="file" accept=".yaml,.yml,text/yaml" aria-label="File with values" className="sr-only" tabIndex={-1} onChange={({ currentTarget }) => { void choose(currentTarget.files?.[0]); currentTarget.value = '' }} />
          <span className="text-12 text-ink-3">Of clastix/cluster-api-kamaji-vsphere. Nothing is made by it.</span>
        </div>
        {result === null ? null : 'error' in result ? <p role="alert" className="text-12 text-bad"><ErrorText>{result.error}</ErrorText></p> : <Result taken={result.taken} notTaken={result.notTaken} />}
      </Collapsible>
    </div>
  )
}

function Result({ taken, notTaken }: Pick<Extract<Imported, { taken: number }>, 'taken' | 'notTaken'>) {
  return (
    <Note role={notTaken.length === 0 ? 'ok' : 'warn'} alert>
      <p className="font-medium">{plural(taken, 'value')} taken into the form{notTaken.length === 0 ? '.' : `, ${notTaken.length} not:`}</p>
      {notTaken.length === 0 ? null : (
        <ul aria-label="Values that were not taken" className="mt-1 max-h-72 overflow-y-auto">
          {notTaken.map(({ path, why }, index) => <li key={index} className="py-0.5 [overflow-wrap:anywhere]"><span className="mono">{path}</span>: <span className="text-ink-2">{why}</span></li>)}
        </ul>
      )}
    </Note>
  )
}
