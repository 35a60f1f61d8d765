import { Search } from 'lucide-react'
import { cn } from './cn'
import { inputLook } from './input'
import { Kbd } from './kbd'
import { useHydrated } from './now'

interface SearchBoxProps {
  /** What it searches by, for screen readers. */
  readonly label: string
  readonly placeholder: string
  /** What it holds at first; a new `key` sets it anew. */
  readonly initial: string
  readonly onChange: (search: string) => void
}

/** A page's search, reached by `/`; Escape empties and leaves it. */
export function SearchBox({ label, placeholder, initial, onChange }: SearchBoxProps) {
  const hydrated = useHydrated()
  return (
    <label className={cn(inputLook, 'w-[250px] has-focus-visible:outline-2 has-focus-visible:outline-focus max-s:w-full')}>
      <Search size={14} aria-hidden className="text-ink-3" />
      <span className="sr-only">{label}</span>
      <input
        type="search"
        data-search
        readOnly={!hydrated}
        defaultValue={initial}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.currentTarget.value = ''
          onChange('')
          event.currentTarget.blur()
        }}
        placeholder={placeholder}
        className="min-w-0 flex-1 bg-transparent outline-none [&::-webkit-search-cancel-button]:hidden"
      />
      <span aria-hidden className="max-s:hidden"><Kbd>/</Kbd></span>
    </label>
  )
}
