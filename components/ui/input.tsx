import { Input as Base } from '@base-ui/react/input'
import type { ComponentProps } from 'react'
import { cn } from './cn'
import { useHydrated } from './now'

/** The edge of anything that is typed into. Phones get 16 px: below it Safari zooms into the field. */
export const inputLook = [
  'flex h-8 w-full min-w-0 items-center gap-2 rounded-2 border border-control bg-surface px-2.5 text-13 text-ink max-s:h-9 max-s:text-16',
  'focus-visible:outline-offset-0',
  'aria-invalid:border-bad-solid aria-invalid:inset-ring aria-invalid:inset-ring-bad-solid',
  'data-invalid:border-bad-solid data-invalid:inset-ring data-invalid:inset-ring-bad-solid',
  'disabled:border-line disabled:bg-sunken disabled:text-ink-3',
].join(' ')

export function Input({ className, mono, ...rest }: Omit<ComponentProps<typeof Base>, 'className'> & { className?: string; mono?: boolean }) {
  const hydrated = useHydrated()
  return <Base autoComplete="off" spellCheck={false} readOnly={!hydrated} {...rest} className={cn(inputLook, mono && 'font-mono tracking-[-0.01em]', className)} />
}
