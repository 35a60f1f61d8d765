import { cva, type VariantProps } from 'class-variance-authority'
import { useId, type ComponentProps, type MouseEvent } from 'react'
import { toast } from 'sonner'
import { ArcGlyph } from '@/components/state/glyph'
import { cn } from './cn'
import { Tip } from './tooltip'

export const buttonLook = cva(
  [
    'inline-flex select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-2 border font-medium transition-colors',
    'aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-ink-3',
  ],
  {
    variants: {
      look: {
        plain: 'border-line-strong bg-surface text-ink hover:bg-sunken',
        primary: 'border-ink bg-ink text-on-ink hover:border-ink-2 hover:bg-ink-2',
        ghost: 'border-transparent bg-transparent text-ink-2 hover:bg-sunken hover:text-ink aria-disabled:border-transparent aria-disabled:bg-transparent',
        danger: 'border-line-strong bg-surface text-bad hover:bg-bad-tint',
      },
      size: {
        sm: 'h-7 px-2.5 text-12 max-s:h-8',
        md: 'h-8 px-3 text-13 max-s:h-9',
        lg: 'h-10 px-4 text-14 max-s:h-auto max-s:min-h-11 max-s:whitespace-normal',
      },
      square: { true: 'px-0', false: '' },
    },
    compoundVariants: [
      { square: true, size: 'sm', class: 'w-7 max-s:w-8' },
      { square: true, size: 'md', class: 'w-8 max-s:w-9' },
    ],
    defaultVariants: { look: 'plain', size: 'md', square: false },
  },
)

export type ButtonLook = VariantProps<typeof buttonLook>

export interface ButtonProps extends ComponentProps<'button'>, ButtonLook {
  /** Why it can't be used now. The button stays in the tab order and says it: an action is never hidden or silently dead. */
  readonly reason?: string | null | undefined
  /** The action is under way: clicks are ignored, the label stays. */
  readonly busy?: boolean | undefined
}

export function Button({ look, size, square, reason, busy, className, children, onClick, type = 'button', ...rest }: ButtonProps) {
  const id = useId()
  const off = Boolean(reason)
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (off || busy) {
      event.preventDefault()
      // A finger has no hover: whoever presses it is told why nothing comes of it.
      if (reason) toast(reason, { id })
      return
    }
    onClick?.(event)
  }
  const button = (
    <button
      {...rest}
      type={type}
      aria-disabled={off || busy ? true : undefined}
      aria-busy={busy ? true : undefined}
      aria-describedby={off ? id : rest['aria-describedby']}
      className={cn(buttonLook({ look, size, square }), busy && 'aria-disabled:bg-sunken', className)}
      onClick={press}
    >
      {busy ? <ArcGlyph size={14} /> : null}
      {children}
    </button>
  )
  if (!off) return button
  return (
    <>
      <Tip text={reason ?? ''}>{button}</Tip>
      <span id={id} className="sr-only">{reason}</span>
    </>
  )
}
