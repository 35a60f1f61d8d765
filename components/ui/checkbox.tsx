'use client'
import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'

interface CheckboxProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
  readonly children: ReactNode
}

/** With its label beside it; the whole row is the target. */
export function Checkbox({ checked, onChange, disabled = false, children }: CheckboxProps) {
  return (
    <label className="flex min-h-7 cursor-pointer items-start gap-2.5 has-data-disabled:cursor-not-allowed">
      <Base.Root
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-1 border-[1.5px] border-control bg-surface data-checked:border-ink data-checked:bg-ink data-disabled:border-line data-disabled:bg-sunken"
      >
        <Base.Indicator className="text-on-ink"><Check size={12} strokeWidth={3} aria-hidden /></Base.Indicator>
      </Base.Root>
      <span className="min-w-0">{children}</span>
    </label>
  )
}
