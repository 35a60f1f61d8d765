export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="text-focus">
      <rect x="1" y="3" width="9" height="3.6" rx="1.8" fill="currentColor" />
      <rect x="5.5" y="8.2" width="11" height="3.6" rx="1.8" fill="currentColor" opacity=".72" />
      <rect x="10" y="13.4" width="9" height="3.6" rx="1.8" fill="currentColor" opacity=".45" />
    </svg>
  )
}

export function Brand() {
  return (
    <div className="flex items-center gap-2 px-2 pb-3 pt-1 text-14 font-semibold tracking-[-0.01em]">
      <Mark />
      Tenantry
    </div>
  )
}
