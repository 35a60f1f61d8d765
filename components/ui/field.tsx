'use client'
import { Field as Base } from '@base-ui/react/field'
import type { ReactNode } from 'react'
import { Glyph } from '@/components/state/glyph'
import { cn } from './cn'

interface FieldProps {
  readonly label: ReactNode
  readonly children: ReactNode
  readonly hint?: ReactNode
  readonly error?: string | undefined
  /** A correction that is provably right, offered beside the error. */
  readonly fix?: ReactNode
  readonly className?: string
  /** Where a link of an error summary leads. Not the control's own id: Base UI gives it one, and two differ on hydration. */
  readonly id?: string | undefined
}

/** Label, control, hint and error, tied together for screen readers by Base UI's Field. */
export function Field({ label, children, hint, error, fix, className, id }: FieldProps) {
  return (
    <Base.Root id={id} invalid={Boolean(error)} className={cn('block min-w-0', className)}>
      <Base.Label className="mb-1 block w-fit text-13 font-medium">{label}</Base.Label>
      {children}
      <Base.Error match={Boolean(error)} className="mt-1.5 text-12 leading-[18px] text-bad">
        <ErrorText>{error} {fix}</ErrorText>
      </Base.Error>
      {hint && !error ? <Base.Description className="mt-1 text-12 text-ink-3">{hint}</Base.Description> : null}
    </Base.Root>
  )
}

export function ErrorText({ children }: { children: ReactNode }) {
  return (
    <span className="flex items-start gap-1.5">
      <Glyph role="bad" shape="octagon" size={14} className="mt-0.5" />
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </span>
  )
}
