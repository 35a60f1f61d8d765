import { cn } from './cn'

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('block h-2 rounded-1 bg-idle-tint', className)} />
}
