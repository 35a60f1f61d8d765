import { Segmented } from './segmented'

interface Props {
  readonly label: string
  readonly value: string
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly id?: string
}

/** One of a few, all in sight. */
export function Choice({ label, value, choices, onChange, hint, error, id }: Props) {
  return (
    <div id={id}>
      <h4 className="mb-1 text-13 font-medium">{label}</h4>
      <Segmented label={label} value={value} onChange={onChange} choices={choices} />
      {error ? <p role="alert" className="mt-1 text-12 text-bad">{error}</p> : hint ? <p className="mt-1 text-12 text-ink-3">{hint}</p> : null}
    </div>
  )
}
