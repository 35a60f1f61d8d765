'use client'
import { Drawer as Base } from '@base-ui/react/drawer'
import type { ReactNode } from 'react'

/** The sidebar of narrow windows. Swiping it to the left closes it. */
export function Drawer({ open, onOpenChange, label, children }: { open: boolean; onOpenChange: (open: boolean) => void; label: string; children: ReactNode }) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} swipeDirection="left">
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-(--calm) data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-40">
          <Base.Popup className="h-full w-64 max-w-[85vw] border-r border-line bg-canvas outline-none transition-opacity duration-(--calm) data-ending-style:opacity-0 data-starting-style:opacity-0">
            <Base.Title className="sr-only">{label}</Base.Title>
            <Base.Content className="h-full">{children}</Base.Content>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
