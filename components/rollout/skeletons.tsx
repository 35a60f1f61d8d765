import { Skeleton } from '@/components/ui/skeleton'

/** The true heights of the list of changes. */
export function ChangesSkeleton() {
  return (
    <div className="after-a-moment" role="status" aria-busy="true" aria-label="Loading the changes">
      <div className="mb-4 flex min-h-8 items-center"><Skeleton className="h-3 w-48" /></div>
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <div className="h-8 max-s:hidden" />
        {['w-44', 'w-56', 'w-36'].map((width) => (
          <div key={width} className="flex h-11 items-center gap-6 border-t border-line px-4 max-s:h-[84px]">
            <span className="flex-1"><Skeleton className={width} /></span>
            <span className="w-24 shrink-0"><Skeleton className="w-16" /></span>
            <span className="w-28 shrink-0 max-s:hidden"><Skeleton className="w-20" /></span>
          </div>
        ))}
      </div>
    </div>
  )
}

/** The true heights of one change with three machines. */
export function ChangeSkeleton() {
  return (
    <div className="after-a-moment space-y-4" role="status" aria-busy="true" aria-label="Loading the change">
      <div>
        <div className="flex h-7 items-center"><Skeleton className="h-3 w-64 max-w-full" /></div>
        <div className="mt-2 flex h-6 items-center"><Skeleton className="w-40" /></div>
        <div className="mt-0.5 flex h-5 items-center"><Skeleton className="w-72 max-w-full" /></div>
      </div>
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <div className="flex h-12 items-center px-4"><Skeleton className="w-32" /></div>
        <div className="h-7 border-t border-line" />
        {[1, 2, 3].map((lane) => <div key={lane} className="mx-4 flex h-11 items-center gap-12 border-t border-line"><Skeleton className="w-24" /><Skeleton className="flex-1" /></div>)}
        <div className="h-[42px] border-t border-line" />
      </div>
    </div>
  )
}
