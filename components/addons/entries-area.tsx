'use client'
import { useState } from 'react'
import { TextArea } from '@/components/ui/text-area'

interface Props {
  readonly label: string
  readonly wrong: boolean
  /** Parted by commas. */
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  readonly placeholder?: string | undefined
}

/** Entries that are kept in one text, a line each. Blank lines stay while they are typed. */
export function EntriesArea({ label, wrong, value, onChange, onBlur, placeholder }: Props) {
  const [typed, setTyped] = useState(value)
  const kept = typed.split(/[\s,]+/).filter(Boolean).join(',')
  // What was set from outside, such as a draft, takes the place of what was typed.
  const text = kept === value ? typed : value
  return (
    <TextArea
      aria-label={label}
      aria-invalid={wrong ? true : undefined}
      rows={5}
      value={text.replaceAll(',', '\n')}
      placeholder={placeholder}
      onBlur={onBlur}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value)
        onChange(currentTarget.value.split(/[\s,]+/).filter(Boolean).join(','))
      }}
    />
  )
}
