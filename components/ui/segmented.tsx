'use client'
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { cn } from './cn'

interface SegmentedProps<Value extends string> {
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly choices: readonly { readonly value: Value; readonly label: string }[]
  /** Id of the visible heading that names the choice. */
  readonly labelledBy?: string
  readonly label?: string
  readonly id?: string
  /** sm: in the head of a panel. */
  readonly size?: 'sm' | 'md'
}

/** Chosen = ink ring. Ink fill stays the primary action's. */
export function Segmented<Value extends string>({ value, onChange, choices, labelledBy, label, id, size = 'md' }: SegmentedProps<Value>) {
  return (
    <RadioGroup
      id={id}
      value={value}
      onValueChange={onChange}
      aria-labelledby={labelledBy}
      aria-label={label}
      className={cn('inline-flex rounded-2 border bg-surface', size === 'sm' ? 'h-7 border-line-strong max-s:h-8' : 'h-8 border-control max-s:flex max-s:h-9 max-s:w-full')}
    >
      {choices.map((choice, index) => (
        <Radio.Root
          key={choice.value}
          value={choice.value}
          className={cn(
            'flex min-w-10 cursor-pointer items-center justify-center whitespace-nowrap text-ink-2 hover:text-ink max-s:flex-1',
            size === 'sm' ? 'px-2.5 text-12' : 'px-3 text-13 max-s:px-1',
            'data-checked:font-medium data-checked:text-ink data-checked:inset-ring-2 data-checked:inset-ring-ink',
            index > 0 && 'border-l border-line-strong',
            index === 0 && 'rounded-l-[5px]',
            index === choices.length - 1 && 'rounded-r-[5px]',
          )}
        >
          {choice.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
