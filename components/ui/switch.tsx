'use client'
import { Switch as Base } from '@base-ui/react/switch'

export function Switch({ checked, onChange, labelledBy }: { checked: boolean; onChange: (checked: boolean) => void; labelledBy: string }) {
  return (
    <Base.Root
      checked={checked}
      onCheckedChange={onChange}
      aria-labelledby={labelledBy}
      className="inline-flex h-6 w-10 shrink-0 items-center rounded-pill border border-control bg-sunken p-0.5 data-checked:border-ink data-checked:bg-ink"
    >
      <Base.Thumb className="size-[18px] rounded-pill bg-control transition-transform data-checked:translate-x-4 data-checked:bg-on-ink" />
    </Base.Root>
  )
}
