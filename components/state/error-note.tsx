'use client'
import type { ErrorView } from '@/lib/errors'
import { Collapsible } from '@/components/ui/collapsible'
import { Note } from '@/components/ui/note'

/** What happened in plain words; what the server said verbatim is one click away. */
export function ErrorNote({ error, className }: { error: ErrorView; className?: string }) {
  return (
    <Note role="bad" alert className={className ?? ''}>
      <p className="[overflow-wrap:anywhere]">{error.message}</p>
      {error.detail ? (
        <Collapsible chevron="start" summary={<span className="text-ink-2">What the server said</span>} className="mt-1">
          <Raw>{error.detail}</Raw>
        </Collapsible>
      ) : null}
    </Note>
  )
}

export function Raw({ children, label }: { children: string; label?: string }) {
  return <pre tabIndex={0} aria-label={label} role={label ? 'region' : undefined} className="mt-1.5 max-h-60 overflow-auto whitespace-pre-wrap rounded-2 bg-sunken px-3 py-2.5 font-mono text-12 leading-[18px] text-ink-2 [overflow-wrap:anywhere]">{children}</pre>
}
