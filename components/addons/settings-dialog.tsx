'use client'
import { useRef, useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import { noProxyEntries } from '@/lib/addons/pod-proxy'
import { addOnProblems, storageClassProblems } from '@/lib/addons/rules'
import { usesSignIn, type AddOnSettings } from '@/lib/addons/spec'
import { following, type AddOnView } from '@/lib/addons/view'
import { ADD_ON_WORDS } from '@/lib/addons/words'
import type { ErrorView, FieldErrors } from '@/lib/errors'
import { missingNoProxy } from '@/lib/node-config/no-proxy'
import type { ObjectDifference } from '@/lib/node-pool/review'
import { plural } from '@/lib/text'
import { useCan, useTenant } from '@/components/live/hooks'
import { ObjectDifferences } from '@/components/node-pool/object-differences'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Note } from '@/components/ui/note'
import { EntriesArea } from './entries-area'
import { ADD_ON_FIELDS } from './fields'

interface Props {
  readonly cluster: string
  readonly kubernetes: string
  readonly addOn: AddOnView
  readonly onClose: (changed: boolean) => void
}

/** Installs an add-on, or changes its settings. */
export function SettingsDialog({ cluster, kubernetes, addOn: { name, installed, begin, also }, onClose }: Props) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:add-ons')
  const seen = installed?.settings ?? null
  const [settings, setSettings] = useState<AddOnSettings>(seen ? following(seen, kubernetes) : begin)
  const [fields, setFields] = useState<FieldErrors>({})
  const [error, setError] = useState<ErrorView | null>(null)
  const [busy, setBusy] = useState<'review' | 'save' | null>(null)
  /** null: not asked for, or of other settings than those that are typed now. */
  const [objects, setObjects] = useState<readonly ObjectDifference[] | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const { title } = ADD_ON_WORDS[name]
  const missing = settings.name === 'proxy' && begin.name === 'proxy' ? missingNoProxy(noProxyEntries(settings.noProxy), noProxyEntries(begin.noProxy)) : []
  const values = settings as Readonly<Record<string, string>>

  const type = (key: string, value: string) => {
    setSettings({ ...settings, [key]: value } as AddOnSettings)
    setObjects(null)
    setFields(Object.fromEntries(Object.entries(fields).filter(([field]) => field !== key)))
  }
  /** The focus follows what is wrong. */
  const refuse = (wrong: FieldErrors) => {
    setFields(wrong)
    // After the render that shows it.
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
  }
  /** null where a field is wrong. */
  const checked = (): AddOnSettings | null => {
    const trimmed = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value.trim()])) as unknown as AddOnSettings
    const wrong = Object.fromEntries([...addOnProblems(trimmed, kubernetes), ...storageClassProblems(seen, trimmed)].map(({ path, message }) => [path.join('.'), message]))
    refuse(wrong)
    setError(null)
    return Object.keys(wrong).length > 0 ? null : trimmed
  }
  const refused = (refusal: ErrorView) => {
    refuse(refusal.fields ?? {})
    if (!refusal.fields) setError(refusal)
  }
  const review = async () => {
    const wanted = checked()
    if (wanted === null) return
    setBusy('review')
    const result = await actions.reviewAddOn({ tenant, cluster, settings: wanted, seen })
    setBusy(null)
    if (result.ok) setObjects(result.value)
    else refused(result.error)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = can.reason ? null : checked()
    if (wanted === null) return
    setBusy('save')
    const result = await actions.saveAddOn({ tenant, cluster, settings: wanted, seen })
    setBusy(null)
    if (!result.ok) return refused(result.error)
    toast(installed ? `${title} is changed` : `${title} is installed`)
    onClose(true)
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose(false)} wide title={installed ? `Settings of ${title}` : `Install ${title}`} description={usesSignIn(name) ? 'The vSphere sign-in comes from the cluster’s identity; nobody types it.' : ADD_ON_WORDS[name].does}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate className="mt-4 space-y-4">
        <div className="grid gap-4 s:grid-cols-2">
          {ADD_ON_FIELDS[name].map(({ key, label, hint, placeholder, list, choices }) => choices ? (
            <Choice key={key} label={label} hint={hint} error={fields[key]} value={values[key] ?? ''} choices={choices} onChange={(value) => type(key, value)} />
          ) : (
            <Field key={key} className="s:col-span-2" label={label} hint={hint} error={fields[key]}>
              {list ? <EntriesArea label={label} wrong={fields[key] !== undefined} value={values[key] ?? ''} placeholder={placeholder} onChange={(value) => type(key, value)} /> : <Input mono value={values[key] ?? ''} placeholder={placeholder} autoCapitalize="off" onChange={({ currentTarget: { value } }) => type(key, value)} />}
            </Field>
          ))}
        </div>
        {missing.length > 0 ? <Note role="warn">By the cluster’s networks Pods reach these without a proxy too: <span className="mono">{missing.join(', ')}</span></Note> : null}
        {also ? <Note role="warn">{also}</Note> : null}
        {error ? <ErrorNote error={error} /> : null}
        <p role="status" className={objects ? 'text-ink-2' : 'sr-only'}>{objects === null ? '' : objects.length === 0 ? 'Nothing would be written differently.' : `${plural(objects.length, 'object')} would be written.`}</p>
        {objects ? <ObjectDifferences objects={objects} /> : null}
        <DialogActions>
          <Button look="ghost" busy={busy === 'review'} reason={can.reason} onClick={() => void review()}>Show the difference</Button>
          <Button onClick={() => onClose(false)}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy === 'save'} reason={can.reason}>{installed ? 'Save' : 'Install'}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
