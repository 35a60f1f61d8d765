'use client'
import { AlertDialog as BaseAlert } from '@base-ui/react/alert-dialog'
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { buttonLook } from './button'
import { cn } from './cn'

const backdrop = 'fixed inset-0 z-40 bg-scrim transition-opacity duration-(--calm) data-ending-style:opacity-0 data-starting-style:opacity-0'
const popup =
  'fixed left-1/2 top-1/2 z-40 flex max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] max-w-[440px] -translate-x-1/2 -translate-y-1/2 flex-col overflow-y-auto rounded-3 border border-line bg-raised p-5 text-13 shadow-float outline-none transition-opacity duration-(--calm) data-ending-style:opacity-0 data-starting-style:opacity-0'

interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly children: ReactNode
  /** `page`: as wide as YAML is. */
  readonly wide?: boolean | 'page'
  readonly initialFocus?: RefObject<HTMLElement | null>
}

export function Dialog({ open, onOpenChange, title, description, children, wide, initialFocus }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup className={cn(popup, wide && 'max-w-[560px]', wide === 'page' && 'max-w-[880px]')} initialFocus={initialFocus}>
          <Base.Title className="pr-9 text-16 font-semibold">{title}</Base.Title>
          {description ? <Base.Description className="mt-1 text-ink-2">{description}</Base.Description> : null}
          {children}
          {/* Last, so that the focus begins at what the dialog is for. */}
          <Base.Close aria-label="Close" className={cn(buttonLook({ look: 'ghost', size: 'sm', square: true }), 'absolute right-3.5 top-4')}>
            <X size={16} aria-hidden />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** For what can't be undone and for the ended session: a press beside it does not close it. */
export function AlertDialog({ open, onOpenChange, title, description, children, wide, initialFocus }: DialogProps) {
  return (
    <BaseAlert.Root open={open} onOpenChange={onOpenChange}>
      <BaseAlert.Portal>
        <BaseAlert.Backdrop className={backdrop} />
        <BaseAlert.Popup className={cn(popup, wide && 'max-w-[560px]')} initialFocus={initialFocus}>
          <BaseAlert.Title className="text-16 font-semibold">{title}</BaseAlert.Title>
          {description ? <BaseAlert.Description className="mt-1 text-ink-2">{description}</BaseAlert.Description> : null}
          {children}
        </BaseAlert.Popup>
      </BaseAlert.Portal>
    </BaseAlert.Root>
  )
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2 max-s:flex-col-reverse">{children}</div>
}
