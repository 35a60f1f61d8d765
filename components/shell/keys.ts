/** What single keys do: design.md, "Keyboard". They can be turned off (WCAG 2.1.4). */
export type Command = 'search' | 'create' | 'clusters' | 'next' | 'previous' | 'help'

export interface KeyPress {
  readonly key: string
  readonly typing: boolean
  readonly modified: boolean
}

/** Two-key sequences begin with g. Pure: returns the command and whether a g now waits for its second key. */
export function commandOf(press: KeyPress, waiting: boolean): { command: Command | null; waiting: boolean } {
  const nothing = { command: null, waiting: false }
  if (press.typing || press.modified) return nothing
  if (waiting) return press.key === 'c' ? { command: 'clusters', waiting: false } : nothing
  switch (press.key) {
    case 'g': return { command: null, waiting: true }
    case '/': return { command: 'search', waiting: false }
    case 'c': return { command: 'create', waiting: false }
    case 'j': return { command: 'next', waiting: false }
    case 'k': return { command: 'previous', waiting: false }
    case '?': return { command: 'help', waiting: false }
    default: return nothing
  }
}

export const SHORTCUTS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['/'], does: 'Search' },
  { keys: ['c'], does: 'Create a cluster' },
  { keys: ['g', 'c'], does: 'Go to the clusters' },
  { keys: ['j'], does: 'Next row' },
  { keys: ['k'], does: 'Previous row' },
  { keys: ['Enter'], does: 'Open the row' },
  { keys: ['?'], does: 'This list' },
  { keys: ['Esc'], does: 'Close' },
]
