'use client'
import { Fragment, type Ref } from 'react'
import { plural } from '@/lib/text'
import { Note } from '@/components/ui/note'
import { FIELD_LABELS, fieldId } from './fields'

/** Moves the focus by itself: a fragment link to an id only scrolls. */
export function FieldLink({ path, className }: { path: string; className?: string }) {
  return (
    <a
      href={`#${fieldId(path)}`}
      className={`link ${className ?? ''}`}
      onClick={(event) => {
        event.preventDefault()
        const field = document.getElementById(fieldId(path))
        const target = field?.querySelector<HTMLElement>('input:not([aria-hidden]),textarea,button,[role=combobox],[role=radio]')
        target?.scrollIntoView({ block: 'center' })
        target?.focus({ preventScroll: true })
      }}
    >
      {FIELD_LABELS[path] ?? path}
    </a>
  )
}

export function ErrorSummary({ paths, ref, lead = 'Not created' }: { paths: readonly string[]; ref: Ref<HTMLDivElement>; lead?: string }) {
  return (
    <Note role="bad" alert focusable ref={ref} className="mb-6 outline-offset-2">
      <p className="font-semibold">{lead}: {plural(paths.length, 'field')} to correct</p>
      <p className="text-ink-2">
        Nothing was written.{' '}
        {paths.map((path, index) => (
          <Fragment key={path}>{index === 0 ? '' : index === paths.length - 1 ? ' and ' : ', '}<FieldLink path={path} className="text-ink" /></Fragment>
        ))}
      </p>
    </Note>
  )
}
