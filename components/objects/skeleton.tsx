import { Skeleton } from '@/components/ui/skeleton'

/** The true heights of the list of objects. */
export function ObjectsSkeleton() {
  return (
    <div className="after-a-moment" role="status" aria-busy="true" aria-label="Loading the objects">
      <div className="mb-4 flex min-h-8 items-center"><Skeleton className="h-3 w-48" /></div>
      <div className="mb-3 flex h-8 items-center"><Skeleton className="w-64 max-w-full" /></div>
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <div className="h-8" />
        {['w-44', 'w-56', 'w-36', 'w-48', 'w-40'].map((width) => (
          <div key={width} className="flex h-11 items-center gap-6 border-t border-line px-4 max-s:h-[68px]">
            <span className="flex-1"><Skeleton className={width} /></span>
            <span className="w-40 shrink-0 max-s:hidden"><Skeleton className="w-28" /></span>
            <span className="w-16 shrink-0"><Skeleton className="w-10" /></span>
          </div>
        ))}
      </div>
    </div>
  )
}
