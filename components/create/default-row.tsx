'use client'
import { Collapsible } from '@base-ui/react/collapsible'
import type { LucideIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'

interface DefaultRowProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly value: string
  /** A field inside is wrong: it has to be seen. */
  readonly forceOpen: boolean
  readonly children: ReactNode
}

export function DefaultRow({ icon: Icon, title, value, forceOpen, children }: DefaultRowProps) {
  const [wanted, want] = useState(false)
  // It stays open once the field is right: it would close over the person who corrects it.
  if (forceOpen && !wanted) want(true)
  const open = wanted || forceOpen
  return (
    <Collapsible.Root open={open} onOpenChange={want} className="border-t border-line first:border-t-0">
      <Collapsible.Trigger className="flex min-h-11 w-full items-center gap-3 px-3 py-2 text-left hover:bg-sunken focus-visible:-outline-offset-2 max-s:flex-wrap max-s:gap-y-0">
        <Icon size={16} aria-hidden className="text-ink-3" />
        <span className="w-[124px] shrink-0 font-medium max-s:w-auto max-s:flex-1">{title}</span>
        <span className="min-w-0 flex-1 truncate text-ink-2 max-s:order-last max-s:basis-full max-s:whitespace-normal max-s:pl-7">{value}</span>
        <span className="text-ink-2 underline decoration-control underline-offset-3">{open ? 'Close' : 'Change'}</span>
      </Collapsible.Trigger>
      <Collapsible.Panel className="px-3 pb-4 pl-10 pt-2 max-s:pl-3">{children}</Collapsible.Panel>
    </Collapsible.Root>
  )
}
