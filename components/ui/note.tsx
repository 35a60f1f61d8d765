import type { ReactNode, Ref } from 'react'
import type { StateRole } from '@/lib/state'
import { Glyph, shapeOf } from '@/components/state/glyph'
import { cn } from './cn'

const tint: Record<StateRole, string> = {
  ok: 'bg-ok-tint',
  busy: 'bg-busy-tint',
  warn: 'bg-warn-tint',
  bad: 'bg-bad-tint border border-bad-solid',
  idle: 'bg-idle-tint',
}

interface NoteProps {
  readonly role?: StateRole
  readonly icon?: ReactNode
  readonly children: ReactNode
  readonly className?: string
  /** Announced at once, for a failure of the person's own action. */
  readonly alert?: boolean
  readonly ref?: Ref<HTMLDivElement>
  readonly focusable?: boolean
}

export function Note({ role = 'idle', icon, children, className, alert, ref, focusable }: NoteProps) {
  return (
    <div ref={ref} role={alert ? 'alert' : undefined} tabIndex={focusable ? -1 : undefined} className={cn('flex items-start gap-2.5 rounded-2 px-3.5 py-3', tint[role], className)}>
      <span className="mt-0.5">{icon ?? <Glyph role={role} shape={shapeOf(role, '', null)} />}</span>
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">{children}</div>
    </div>
  )
}
