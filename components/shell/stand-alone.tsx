import Link from 'next/link'
import type { ReactNode } from 'react'
import { buttonLook } from '@/components/ui/button'
import { Mark } from './brand'

/** A page without a tenant's shell. */
export function StandAlone({ title, children, action, extra }: { title: string; children: ReactNode; action?: { label: string; href: string }; extra?: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col bg-surface px-12 py-8 max-m:p-6">
      <header className="flex items-center gap-2 text-16 font-semibold tracking-[-0.01em]"><Mark size={24} />Tenantry</header>
      <main className="my-auto w-full max-w-[440px] py-8">
        <h1>{title}</h1>
        <div className="mb-6 mt-1.5 space-y-2 text-14 text-ink-2">{children}</div>
        <div className="flex flex-wrap gap-2">
          {action ? <Link href={action.href} className={buttonLook({ look: 'primary' })}>{action.label}</Link> : null}
          {extra}
        </div>
      </main>
    </div>
  )
}
