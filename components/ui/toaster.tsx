'use client'
import { Toaster as Sonner } from 'sonner'

/** For the person's own actions only: what others did stands in the page. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      // sonner brings a font of its own.
      style={{ fontFamily: 'inherit' }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: 'flex w-full items-start gap-2.5 rounded-2 border border-line-strong bg-raised px-3.5 py-3 text-13 text-ink shadow-float',
          title: 'font-medium',
          description: 'text-ink-2',
        },
      }}
    />
  )
}
