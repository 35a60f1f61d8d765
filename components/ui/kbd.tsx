import type { ReactNode } from 'react'
import { cn } from './cn'

export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return <kbd className={cn('inline-block min-w-5 rounded-1 border border-line-strong bg-canvas px-1 text-center font-sans text-11 font-medium text-ink-3', className)}>{children}</kbd>
}
