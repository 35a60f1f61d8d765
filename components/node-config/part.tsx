import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { ErrorText } from '@/components/ui/field'
import type { NodeForm, NodePart } from './node-form'

interface PartProps {
  readonly form: NodeForm
  readonly part: NodePart
  readonly title: string
  readonly hint?: ReactNode
  readonly add?: string
  readonly onAdd?: () => void
  readonly more?: ReactNode
  readonly children?: ReactNode
}

/** One part of the node settings: its rows, what is wrong with them, and a button for one more. */
export function Part({ form, part, title, hint, add, onAdd, more, children }: PartProps) {
  const error = form.error(part)
  return (
    <section aria-label={title} id={form.fieldId(part)} className="space-y-2" onBlur={() => form.touch(part)}>
      <h3 className="font-medium">{title}</h3>
      {children}
      {error ? <p role="alert" className="text-12 text-bad"><ErrorText>{error}</ErrorText></p> : null}
      {add && onAdd ? <div className="flex flex-wrap gap-2"><Button size="sm" onClick={onAdd}><Plus size={14} aria-hidden />{add}</Button>{more}</div> : null}
      {hint ? <p className="text-12 text-ink-3">{hint}</p> : null}
    </section>
  )
}

export function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return <Button look="ghost" square aria-label={label} onClick={onClick}><X size={14} aria-hidden /></Button>
}

/** A row with more than fits in one line. */
export function Card({ label, onRemove, children }: { label: string; onRemove: () => void; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className="flex items-start gap-2 rounded-2 border border-line p-3">
      <div className="min-w-0 flex-1 space-y-2">{children}</div>
      <Remove label={`Remove ${label.charAt(0).toLowerCase()}${label.slice(1)}`} onClick={onRemove} />
    </div>
  )
}

/** A list as it is edited: one replaced, one gone. */
export const replaced = <T,>(list: readonly T[], index: number, item: T): T[] => list.map((each, at) => (at === index ? item : each))
export const dropped = <T,>(list: readonly T[], index: number): T[] => list.filter((_, at) => at !== index)
