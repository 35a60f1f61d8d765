import type { StateRole } from '@/lib/state'
import { cn } from '@/components/ui/cn'

export type GlyphShape = 'check' | 'arc' | 'pie' | 'triangle' | 'octagon' | 'minus' | 'pause' | 'ring' | 'unknown'

interface Looks {
  readonly size?: number
  readonly className?: string | undefined
}

const tone: Record<StateRole, string> = {
  ok: 'text-ok-solid',
  busy: 'text-busy-solid',
  warn: 'text-warn-solid',
  bad: 'text-bad-solid',
  idle: 'text-idle-solid',
}
export const wordTone: Record<StateRole, string> = {
  ok: 'text-ok',
  busy: 'text-busy',
  warn: 'text-warn',
  bad: 'text-bad',
  idle: 'text-idle',
}

const cut = { fill: 'none', stroke: 'var(--surface)', strokeWidth: 1.7, strokeLinecap: 'round', strokeLinejoin: 'round' } as const

/** The shape carries the meaning without colour: design.md, "Status vocabulary". */
export function shapeOf(role: StateRole, word: string, percent: number | null): GlyphShape {
  if (role === 'ok') return 'check'
  if (role === 'warn') return 'triangle'
  if (role === 'bad') return 'octagon'
  if (role === 'idle') return /^(Delet|Drain)/.test(word) ? 'minus' : word === 'Paused' ? 'pause' : word === 'Last known' ? 'unknown' : 'ring'
  return percent !== null && /^(Upgrad|Replac|Scal)/.test(word) ? 'pie' : 'arc'
}

/** A wedge that grows clockwise from the top; a whole circle can't be drawn as one arc, so it stops short of it. */
export function wedge(percent: number): string {
  const angle = (Math.min(Math.max(percent, 2), 99.9) / 100) * 2 * Math.PI
  const x = (8 + 4 * Math.sin(angle)).toFixed(2)
  const y = (8 - 4 * Math.cos(angle)).toFixed(2)
  return `M8 8V4A4 4 0 ${angle > Math.PI ? 1 : 0} 1 ${x} ${y}Z`
}

export function ArcGlyph({ size = 16, className }: Looks) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" className={cn('turning', className)}>
      <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeOpacity=".28" strokeWidth="1.5" />
      <path d="M8 1.75A6.25 6.25 0 0 1 14.25 8" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
    </svg>
  )
}

function drawing(shape: Exclude<GlyphShape, 'arc'>, percent: number | null) {
  switch (shape) {
    case 'check':
      return <><circle cx="8" cy="8" r="7" fill="currentColor" /><path d="m5 8.3 2.1 2.1L11.1 6" {...cut} /></>
    case 'pie':
      return <><circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" /><path d={wedge(percent ?? 0)} fill="currentColor" /></>
    case 'triangle':
      return <><path d="M8 1.2 15.4 14H.6L8 1.2Z" fill="currentColor" stroke="currentColor" strokeWidth="1" strokeLinejoin="round" /><path d="M8 6v3.5M8 11.8v.1" {...cut} /></>
    case 'octagon':
      return <><path d="M5 1h6l4 4v6l-4 4H5l-4-4V5l4-4Z" fill="currentColor" /><path d="m5.8 5.8 4.4 4.4M10.2 5.8l-4.4 4.4" {...cut} /></>
    case 'minus':
      return <><circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.6 2" /><path d="M5 8h6" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" /></>
    case 'pause':
      return <><circle cx="8" cy="8" r="7" fill="currentColor" /><path d="M6.3 5.5v5M9.7 5.5v5" {...cut} /></>
    case 'ring':
      return <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
    case 'unknown':
      return <><circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.6 2" /><path d="M6.4 6.5a1.7 1.7 0 1 1 2.4 1.7c-.5.2-.8.6-.8 1.1M8 11.3v.1" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" /></>
  }
}

export function Glyph({ role, shape, percent = null, size = 16, className }: Looks & { role: StateRole; shape: GlyphShape; percent?: number | null }) {
  if (shape === 'arc') return <ArcGlyph size={size} className={cn(tone[role], className)} />
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" className={cn(tone[role], className)}>
      {drawing(shape, percent)}
    </svg>
  )
}
