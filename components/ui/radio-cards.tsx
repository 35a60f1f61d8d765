'use client'
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import type { ReactNode } from 'react'
import { cn } from './cn'

export interface Card {
  readonly value: string
  readonly title: string
  readonly text: ReactNode
}

interface RadioCardsProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly cards: readonly Card[]
  readonly labelledBy: string
  readonly id?: string
}

export function RadioCards({ value, onChange, cards, labelledBy, id }: RadioCardsProps) {
  return (
    <RadioGroup id={id} value={value} onValueChange={(next) => onChange(String(next))} aria-labelledby={labelledBy} className={cn('grid gap-3', cards.length > 2 ? 's:grid-cols-3' : 's:grid-cols-2')}>
      {cards.map((card) => (
        <Radio.Root
          key={card.value}
          value={card.value}
          className="group flex min-w-0 cursor-pointer items-start gap-2.5 rounded-2 border border-line-strong bg-surface p-3 text-left hover:bg-sunken/60 data-checked:border-ink data-checked:inset-ring data-checked:inset-ring-ink"
        >
          <span aria-hidden className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-pill border-[1.5px] border-control group-data-checked:border-ink">
            <Radio.Indicator className="size-2 rounded-pill bg-ink" />
          </span>
          <span className="min-w-0">
            <span className="block truncate font-medium">{card.title}</span>
            <span className="block text-12 text-ink-3 [overflow-wrap:anywhere]">{card.text}</span>
          </span>
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
