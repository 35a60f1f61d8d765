'use client'
import { Fragment, type Ref } from 'react'
import { plural } from '@/lib/text'
import { Note } from '@/components/ui/note'
import { POOL_FIELDS } from './draft'
import { poolFieldId } from './pool-field'

/** Moves the focus by itself: a fragment link to an id only scrolls. */
export function PoolFieldLink({ path }: { path: string }) {
  return (
    <a
      href={`#${poolFieldId(path)}`}
      className="link text-ink"
      onClick={(event) => {
        event.preventDefault()
        const target = document.getElementById(poolFieldId(path))?.querySelector<HTMLElement>('input:not([aria-hidden]),textarea,button,[role=combobox]')
        target?.scrollIntoView({ block: 'center' })
        target?.focus({ preventScroll: true })
      }}
    >
      {POOL_FIELDS[path] ?? path}
    </a>
  )
}

export function PoolErrorSummary({ paths, ref }: { paths: readonly string[]; ref: Ref<HTMLDivElement> }) {
  return (
    <Note role="bad" alert focusable ref={ref} className="mb-6 outline-offset-2">
      <p className="font-semibold">{plural(paths.length, 'field')} to correct</p>
      <p className="text-ink-2">
        Nothing was written.{' '}
        {paths.map((path, index) => <Fragment key={path}>{index === 0 ? '' : index === paths.length - 1 ? ' and ' : ', '}<PoolFieldLink path={path} /></Fragment>)}
      </p>
    </Note>
  )
}
