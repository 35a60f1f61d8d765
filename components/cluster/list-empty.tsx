'use client'
import { Plus, Search } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { useCan, useTenant } from '@/components/live/hooks'
import { Button, buttonLook } from '@/components/ui/button'
import { nearest, type ListQuery } from './order'

export function Middle({ art, title, children, actions, level = 2 }: { art: ReactNode; title: string; children: ReactNode; actions?: ReactNode; level?: 1 | 2 }) {
  const Heading = level === 1 ? 'h1' : 'h2'
  return (
    <div className="grid min-h-64 place-items-center rounded-3 border border-line bg-surface px-6 py-12 text-center">
      <div className="flex max-w-[400px] flex-col items-center">
        <span className="mb-4 text-ink-3">{art}</span>
        <Heading className="text-16 font-semibold">{title}</Heading>
        <div className="mb-4 mt-1 text-balance text-ink-2">{children}</div>
        {actions ? <div className="flex flex-wrap justify-center gap-2">{actions}</div> : null}
      </div>
    </div>
  )
}

/** The mark of the product, not drawn yet. */
function Lanes() {
  return (
    <svg width="176" height="36" viewBox="0 0 176 36" fill="none" stroke="currentColor" strokeDasharray="3 3" aria-hidden="true">
      <rect x=".5" y=".5" width="96" height="7" rx="3.5" />
      <rect x="28.5" y="13.5" width="120" height="7" rx="3.5" />
      <rect x="88.5" y="27.5" width="87" height="7" rx="3.5" />
    </svg>
  )
}

export function EmptyList() {
  const { name, identities } = useTenant()
  const create = useCan('create:cluster')
  const label = <><Plus size={16} aria-hidden />Create cluster</>
  return (
    <>
      <h1 className="mb-4">Clusters</h1>
      <Middle
        art={<Lanes />}
        title="This tenant has no clusters yet"
        actions={create.allowed ? <Link href={`/t/${encodeURIComponent(name)}/create`} className={buttonLook({ look: 'primary' })}>{label}</Link> : <Button look="primary" reason={create.reason}>{label}</Button>}
      >
        <p>A cluster takes a few minutes and three choices: a name, how many machines, and their addresses. {create.allowed && identities.length === 0 ? 'No vSphere identity is open to this tenant yet; a platform admin can allow one.' : ''}</p>
        {create.allowed ? null : <p className="mt-2">{create.reason}</p>}
      </Middle>
    </>
  )
}

export function NoMatch({ query, names, hidden, onChange }: { query: ListQuery; names: readonly string[]; hidden: number; onChange: (change: Partial<ListQuery>) => void }) {
  const guess = nearest(query.search, names)
  const clear = () => {
    for (const input of document.querySelectorAll<HTMLInputElement>('[data-search]')) input.value = ''
    onChange({ search: '', group: null })
  }
  const guessed = (name: string) => {
    for (const input of document.querySelectorAll<HTMLInputElement>('[data-search]')) input.value = name
    onChange({ search: name })
  }
  return (
    <Middle
      art={<Search size={24} aria-hidden />}
      title={query.search ? `No cluster matches “${query.search}”` : 'No cluster is in this state'}
      actions={<Button onClick={clear}>{query.search ? 'Clear search' : 'Show all'}</Button>}
    >
      <p>
        {hidden === 1 ? '1 cluster is hidden.' : `${hidden} clusters are hidden.`}
        {guess ? <> Did you mean <button type="button" className="link min-h-6" onClick={() => guessed(guess)}>{guess}</button>?</> : null}
      </p>
    </Middle>
  )
}
