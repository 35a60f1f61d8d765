'use client'
import { useRef, useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import { kindOf, nameOf, type LastResort } from '@/lib/doctor/finding'
import { meaningOf } from '@/lib/doctor/meaning'
import type { ErrorView } from '@/lib/errors'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { AlertDialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

/** The last resort: says what stays behind, and wants the object's name typed. */
export function LetGoDialog({ resort, cluster, onClose }: { resort: LastResort; cluster: string; onClose: (done: boolean) => void }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('unstick:cluster')
  const [typed, type] = useState('')
  const [wrong, setWrong] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const name = nameOf(resort.object)
  const hooks = resort.act === 'hooks'

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() !== name) {
      setWrong(true)
      input.current?.focus()
      return
    }
    setBusy(true)
    setError(null)
    const result = await actions.letGo({ tenant, cluster, object: resort.object, act: resort.act, typedName: typed.trim() })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(hooks ? `The hook is gone from ${name}` : `${name} was let go of`)
    onClose(true)
  }

  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose(false)} initialFocus={input} title={hooks ? `Remove the hook from ${name}?` : `Let go of ${kindOf(resort.object)} ${name}?`} description={meaningOf(resort)}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <p className="mt-3 text-12 text-ink-3">{hooks ? 'These annotations go:' : 'These protections (finalizers) go:'}</p>
        <ul className="mono text-12 text-ink-2">{resort.keys.map((key) => <li key={key} className="[overflow-wrap:anywhere]">{key}</li>)}</ul>
        <div className="mt-4">
          <Field label={<>Type <span className="mono font-semibold [overflow-wrap:anywhere]">{name}</span></>} error={wrong && typed.trim() !== name ? (typed.trim() ? `The name is ${name}, not “${typed.trim()}”.` : `The name is ${name}.`) : error?.fields?.['typedName']}>
            <Input ref={input} mono value={typed} onChange={(event) => type(event.currentTarget.value)} autoCapitalize="off" />
          </Field>
        </div>
        {error ? <ErrorNote error={error} className="mt-4" /> : null}
        <DialogActions>
          <Button onClick={() => onClose(false)}>Keep it</Button>
          <Button type="submit" look="danger" busy={busy} reason={can.reason}>{hooks ? 'Remove the hook' : 'Let go of it'}</Button>
        </DialogActions>
      </form>
    </AlertDialog>
  )
}
