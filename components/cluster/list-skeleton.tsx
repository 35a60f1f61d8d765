import { Skeleton } from '@/components/ui/skeleton'

/** The true heights of the list, shown only when the wait is long enough to be noticed. */
export function ListSkeleton() {
  return (
    <div className="after-a-moment">
      <div className="mb-4 flex min-h-8 items-center"><h1>Clusters</h1></div>
      <div className="mb-3 h-8" />
      <div aria-busy="true" aria-label="Loading clusters" className="overflow-hidden rounded-3 border border-line bg-surface" role="status">
        <div className="h-8" />
        {['w-24', 'w-32', 'w-20', 'w-28', 'w-24'].map((width, row) => (
          <div key={row} className="flex h-[54px] items-center gap-6 border-t border-line px-4">
            <span className="w-[144px] shrink-0"><Skeleton className={width} /></span>
            <span className="flex-1"><Skeleton className="w-48 max-w-full" /></span>
            <span className="w-28 shrink-0 max-s:hidden"><Skeleton className="w-20" /></span>
          </div>
        ))}
      </div>
    </div>
  )
}
