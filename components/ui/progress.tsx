'use client'
import { Progress as Base } from '@base-ui/react/progress'
import { cn } from './cn'

const fill = { busy: 'bg-busy-solid', warn: 'bg-warn-solid', ink: 'bg-ink', idle: 'bg-idle-solid', bad: 'bg-bad-solid', ok: 'bg-ok-solid' } as const

export function Bar({ value, tone = 'busy', label, wide, className }: { value: number; tone?: keyof typeof fill; label: string; wide?: boolean; className?: string }) {
  return (
    <Base.Root value={value} aria-label={label} className={cn('shrink-0', wide ? 'w-full' : 'w-18', className)}>
      <Base.Track className={cn('block overflow-hidden rounded-[2px] bg-idle-tint', wide ? 'h-1.5 rounded-[3px]' : 'h-1')}>
        <Base.Indicator className={cn('block h-full rounded-[2px] transition-[width] duration-(--calm)', fill[tone])} />
      </Base.Track>
    </Base.Root>
  )
}
