'use client'
import { useMemo, useState } from 'react'
import { dig, withAt } from '@/lib/kubernetes/dig'
import type { PoolPageData } from '@/lib/node-pool/review'
import { draftOf, draftProblems, rebased, shownAt, type PoolDraft } from './draft'

export interface PoolForm {
  readonly draft: PoolDraft
  readonly value: (path: string) => unknown
  readonly set: (path: string, value: unknown) => void
  /** Left once: from here on its rule is told. */
  readonly touch: (path: string) => void
  readonly error: (path: string) => string | undefined
  /** Fields that are wrong, whether it is told yet or not. */
  readonly wrong: ReadonlyMap<string, string>
  readonly showAll: () => void
  /** What the server said of fields: stays until the field changes. */
  readonly refuse: (fields: Readonly<Record<string, string>>) => void
}

export function usePoolForm(data: PoolPageData): PoolForm {
  const [base, setBase] = useState(data)
  const [draft, setDraft] = useState(() => draftOf(data.spec))
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [all, setAll] = useState(false)
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({})
  // The page was loaded again: what was typed is kept, on the pool as it is now.
  if (base !== data) {
    setBase(data)
    setDraft(rebased(draft, base.spec, data.spec))
  }
  const wrong = useMemo(() => draftProblems(draft, data.around), [draft, data.around])
  return {
    draft,
    wrong,
    value: (path) => dig(draft, ...path.split('.')),
    set: (path, value) => {
      setDraft((held) => withAt(held, path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)), value))
      setRefused((held) => Object.fromEntries(Object.entries(held).filter(([field]) => field !== shownAt(path) && !field.startsWith(`${path}.`))))
    },
    touch: (path) => setTouched((held) => new Set(held).add(shownAt(path))),
    error: (path) => refused[path] ?? (all || touched.has(path) ? wrong.get(path) : undefined),
    showAll: () => setAll(true),
    refuse: (fields) => setRefused(Object.fromEntries(Object.entries(fields).map(([path, message]) => [shownAt(path), message]))),
  }
}
