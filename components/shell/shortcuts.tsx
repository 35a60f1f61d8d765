'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useCan, useTenant } from '@/components/live/hooks'
import { Dialog } from '@/components/ui/dialog'
import { Kbd } from '@/components/ui/kbd'
import { store, useStored } from '@/components/ui/stored'
import { Switch } from '@/components/ui/switch'
import { commandOf, SHORTCUTS, type Command } from './keys'

const KEYS = 'tenantry.keys'

export function Shortcuts({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter()
  const { name } = useTenant()
  const create = useCan('create:cluster')
  const on = useStored(KEYS, 'on') === 'on'
  const waiting = useRef(false)

  const run = useEffectEvent((command: Command) => {
    const home = `/t/${encodeURIComponent(name)}`
    if (command === 'help') onOpenChange(true)
    if (command === 'clusters') router.push(`${home}/clusters`)
    if (command === 'create' && create.allowed) router.push(`${home}/create`)
    if (command === 'search') document.querySelector<HTMLElement>('[data-search]')?.focus()
    if (command === 'next') step(1)
    if (command === 'previous') step(-1)
  })

  useEffect(() => {
    if (!on) return
    const press = (event: KeyboardEvent) => {
      if (document.querySelector('[role=dialog],[role=alertdialog],[role=menu],[role=listbox]')) return
      const target = event.target instanceof Element ? event.target : null
      const typing = target?.closest('input, textarea, select, [contenteditable], [role=radio]') !== null && target !== null
      const result = commandOf({ key: event.key, typing, modified: event.ctrlKey || event.metaKey || event.altKey }, waiting.current)
      waiting.current = result.waiting
      if (!result.command) return
      event.preventDefault()
      run(result.command)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [on])

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <dl className="mt-3">
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does} className="flex h-9 items-center justify-between border-t border-line first:border-t-0">
            <dt>{does}</dt>
            <dd className="flex gap-1">{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-3 flex items-center gap-3 border-t border-line pt-4">
        <div className="flex-1">
          <p id="keys-on" className="font-medium">Single keys</p>
          <p className="text-12 text-ink-3">Turn them off if speech input or a slip of the finger sets them off.</p>
        </div>
        <Switch checked={on} onChange={(next) => store(KEYS, next ? 'on' : 'off')} labelledBy="keys-on" />
      </div>
    </Dialog>
  )
}

/** j and k move the focus over the links of the rows; Enter then opens, as on any link. */
function step(by: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  if (rows.length === 0) return
  const here = rows.findIndex((row) => row === document.activeElement)
  const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))
  rows[next]?.focus()
}
