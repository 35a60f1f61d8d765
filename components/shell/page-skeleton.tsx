import { Skeleton } from '@/components/ui/skeleton'

export function PageSkeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-busy="true" aria-label={label} className="after-a-moment space-y-4">
      <div className="flex h-7 items-center"><Skeleton className="h-3 w-40" /></div>
      <div className="flex h-6 items-center"><Skeleton className="w-72 max-w-full" /></div>
      <div className="flex h-[70px] items-center gap-12 rounded-3 border border-line bg-surface px-4">{[1, 2, 3, 4].map((fact) => <Skeleton key={fact} className="w-24" />)}</div>
      <div className="h-64 rounded-3 border border-line bg-surface" />
    </div>
  )
}
