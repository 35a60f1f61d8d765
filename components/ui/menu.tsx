'use client'
import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { cn } from './cn'

export const popupLook =
  'rounded-2 border border-line-strong bg-raised p-1 text-13 text-ink shadow-float outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0'
export const itemLook =
  'flex min-h-8 cursor-pointer select-none items-center gap-2 rounded-1 px-2 text-13 text-ink outline-none data-disabled:cursor-not-allowed data-highlighted:bg-chosen data-disabled:text-ink-3 max-s:min-h-10'

interface MenuProps {
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly align?: 'start' | 'center' | 'end'
  readonly side?: 'top' | 'bottom'
  readonly className?: string
}

export function Menu({ trigger, children, align = 'end', side = 'bottom', className }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} collisionPadding={8} className="z-50">
          <Base.Popup className={cn(popupLook, 'min-w-44', className)}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface ItemProps {
  readonly children: ReactNode
  readonly onClick?: () => void
  readonly danger?: boolean
  /** Shown under the label: an item that can't be used says why. */
  readonly reason?: string | null | undefined
}

export function MenuItem({ children, onClick, danger, reason }: ItemProps) {
  return (
    <Base.Item disabled={Boolean(reason)} onClick={onClick} className={cn(itemLook, danger && !reason && 'text-bad data-highlighted:bg-bad-tint')}>
      {reason ? <span className="py-1.5"><span className="flex items-center gap-2">{children}</span><span className="mt-0.5 block max-w-56 text-12 text-ink-3">{reason}</span></span> : children}
    </Base.Item>
  )
}

export function MenuLink({ href, children, current }: { href: string; children: ReactNode; current?: boolean }) {
  return <Base.LinkItem closeOnClick href={href} aria-current={current ? 'page' : undefined} className={itemLook}>{children}</Base.LinkItem>
}

export function MenuSeparator() {
  return <div role="separator" className="-mx-1 my-1 h-px bg-line" />
}

export const MenuRadio = Base.RadioGroup
export function MenuRadioItem({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Base.RadioItem value={value} closeOnClick className={itemLook}>
      {children}
      <Base.RadioItemIndicator className="ml-auto size-2 rounded-pill bg-ink" />
    </Base.RadioItem>
  )
}
export function MenuLabel({ children }: { children: ReactNode }) {
  return <Base.GroupLabel className="px-2 pb-1 pt-1.5 text-12 text-ink-3">{children}</Base.GroupLabel>
}
export const MenuGroup = Base.Group
