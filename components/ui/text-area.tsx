import type { ComponentProps } from 'react'
import { cn } from './cn'
import { inputLook } from './input'
import { useHydrated } from './now'

/** Several lines, as they are: nothing is wrapped but what is too long to see. */
export function TextArea({ className, rows = 4, ...rest }: ComponentProps<'textarea'>) {
  const hydrated = useHydrated()
  return <textarea autoComplete="off" autoCapitalize="off" spellCheck={false} rows={rows} readOnly={!hydrated} {...rest} className={cn(inputLook, 'h-auto py-1.5 font-mono leading-5 tracking-[-0.01em] max-s:h-auto', className)} />
}
