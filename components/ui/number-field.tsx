'use client'
import { NumberField as Base } from '@base-ui/react/number-field'
import { Minus, Plus } from 'lucide-react'
import { cn } from './cn'
import { useHydrated } from './now'

interface NumberFieldProps {
  readonly value: number | null
  readonly onChange: (value: number | null) => void
  readonly onBlur?: () => void
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly unit?: string
  readonly wide?: boolean
  readonly label?: string
}

/** A port is not 6,443. */
const plain: Intl.NumberFormatOptions = { useGrouping: false }
const side = 'grid h-full w-8 shrink-0 place-items-center text-ink-2 hover:bg-sunken hover:text-ink data-disabled:text-control max-s:w-10 focus-visible:-outline-offset-2'

/** Out-of-range numbers may be typed: the form's rule says what is wrong with them, a silent clamp would not. */
export function NumberField({ value, onChange, onBlur, min, max, step, unit, wide, label }: NumberFieldProps) {
  const hydrated = useHydrated()
  return (
    <Base.Root value={value} onValueChange={onChange} min={min} max={max} step={step} format={plain} allowOutOfRange readOnly={!hydrated} className={cn('inline-flex', wide && 'flex w-full')}>
      <Base.Group className="flex h-8 w-full items-center overflow-hidden rounded-2 border border-control bg-surface data-invalid:border-bad-solid data-invalid:inset-ring data-invalid:inset-ring-bad-solid focus-within:outline-2 focus-within:outline-focus max-s:h-9">
        <Base.Decrement aria-label="One fewer" className={cn(side, 'rounded-l-[5px]')}><Minus size={14} aria-hidden /></Base.Decrement>
        <Base.Input
          aria-label={label}
          onBlur={onBlur}
          className={cn('h-full min-w-0 flex-1 bg-transparent text-center font-medium outline-none max-s:text-16', wide ? 'w-full' : 'w-11')}
        />
        {unit ? <span className="pr-1 text-12 text-ink-3" aria-hidden>{unit}</span> : null}
        <Base.Increment aria-label="One more" className={cn(side, 'rounded-r-[5px]')}><Plus size={14} aria-hidden /></Base.Increment>
      </Base.Group>
    </Base.Root>
  )
}
