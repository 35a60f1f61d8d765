import type { ReactNode } from 'react'

export function FormSection({ title, id, children }: { title: string; id: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="space-y-4 border-t border-line py-6 first-of-type:border-t-0 first-of-type:pt-0">
      <h2 id={id} className="!mb-3">{title}</h2>
      {children}
    </section>
  )
}

export const two = 'grid grid-cols-2 items-start gap-4 max-s:grid-cols-1'
export const three = 'grid grid-cols-3 items-start gap-4 max-s:grid-cols-1'
