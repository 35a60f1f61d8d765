'use client'
import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import { cn } from './cn'
import { inputLook } from './input'
import { itemLook, popupLook } from './menu'

export interface Choice {
  readonly value: string
  readonly label: string
  readonly note?: string
}

interface SelectProps {
  readonly value: string | null
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  readonly choices: readonly Choice[]
  readonly mono?: boolean
  readonly empty?: string
  readonly label?: string
  readonly className?: string
}

export function Select({ value, onChange, onBlur, choices, mono, empty = 'Nothing to choose', label, className }: SelectProps) {
  const chosen = choices.find((choice) => choice.value === value)
  return (
    <Base.Root value={value} onValueChange={(next) => next !== null && onChange(next)} items={choices} modal={false} disabled={choices.length === 0}>
      <Base.Trigger aria-label={label} onBlur={onBlur} className={cn(inputLook, 'cursor-pointer text-left hover:bg-sunken/50 data-disabled:cursor-not-allowed data-disabled:bg-sunken', className)}>
        <span className="flex min-w-0 flex-1 items-baseline gap-2">
          <Base.Value className={cn('truncate', mono && 'mono', !chosen && 'text-ink-3')}>{() => chosen?.label ?? (value || empty)}</Base.Value>
          {chosen?.note ? <span className="truncate text-ink-3">{chosen.note}</span> : null}
        </span>
        <Base.Icon><ChevronsUpDown size={14} aria-hidden className="text-ink-2" /></Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className={cn(popupLook, 'max-h-[min(320px,var(--available-height))] min-w-(--anchor-width) overflow-y-auto')}>
            <Base.List>
              {choices.map((choice) => (
                <Base.Item key={choice.value} value={choice.value} className={itemLook}>
                  <Base.ItemText className={cn('min-w-0 truncate', mono && 'mono')}>{choice.label}</Base.ItemText>
                  {choice.note ? <span className="text-12 text-ink-3">{choice.note}</span> : null}
                  <span className="ml-auto grid w-4 place-items-center pl-2">
                    <Base.ItemIndicator><Check size={14} aria-hidden /></Base.ItemIndicator>
                  </span>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
