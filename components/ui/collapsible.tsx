'use client'
import { Collapsible as Base } from '@base-ui/react/collapsible'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn'

interface CollapsibleProps {
  readonly summary: ReactNode
  readonly children: ReactNode
  readonly defaultOpen?: boolean
  readonly chevron?: 'start' | 'end'
  readonly className?: string
  readonly panelClassName?: string
}

export function Collapsible({ summary, children, defaultOpen = false, chevron = 'end', className, panelClassName }: CollapsibleProps) {
  const mark = <ChevronRight size={14} aria-hidden className="mt-[3px] shrink-0 text-ink-3 transition-transform group-data-panel-open:rotate-90" />
  return (
    <Base.Root defaultOpen={defaultOpen}>
      <Base.Trigger className={cn('group flex min-h-6 w-full items-start gap-2.5 text-left', className)}>
        {chevron === 'start' ? mark : null}
        <span className="flex min-w-0 flex-1 items-start gap-2.5">{summary}</span>
        {chevron === 'end' ? mark : null}
      </Base.Trigger>
      <Base.Panel className={panelClassName}>{children}</Base.Panel>
    </Base.Root>
  )
}
