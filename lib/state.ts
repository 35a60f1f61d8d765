/** The status vocabulary of every page: a role gives the colour and glyph, a word names the state, a sentence explains it. */
export type StateRole = 'ok' | 'busy' | 'warn' | 'bad' | 'idle'

/** A Kubernetes condition, its text cut and cleaned at the door (`lib/text.ts`): it is shown, never interpreted as markup. */
export interface ConditionView {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  /** RFC 3339, lastTransitionTime. */
  readonly since: string | null
}

export interface State<Word extends string> {
  readonly word: Word
  readonly role: StateRole
  /** Plain words: what it does or waits for. null when the word says all (Ready). */
  readonly sentence: string | null
  /** The condition that the sentence was made from, for the page's one-click detail. */
  readonly condition: ConditionView | null
  /** 0..100 where progress can be counted, else null. */
  readonly percent: number | null
}
