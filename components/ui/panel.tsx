import type { ReactNode } from 'react'
import { cn } from './cn'

interface PanelProps {
  readonly title: string
  readonly id: string
  readonly note?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

export function Panel({ title, id, note, actions, children, className }: PanelProps) {
  return (
    <section aria-labelledby={id} className={cn('min-w-0 overflow-hidden rounded-3 border border-line bg-surface', className)}>
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
        <h2 id={id}>{title}</h2>
        {note ? <span className="text-ink-3">{note}</span> : null}
        {actions ? <div className="ml-auto flex items-center gap-2">{actions}</div> : null}
      </header>
      {children}
    </section>
  )
}
