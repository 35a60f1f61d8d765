'use client'
import type { State } from '@/lib/state'
import { useFreshness } from '@/components/live/hooks'
import { cn } from '@/components/ui/cn'
import { useNow } from '@/components/ui/now'
import { Bar } from '@/components/ui/progress'
import { Glyph, wordTone } from './glyph'
import { shown } from './shown'

export function useShown(state: State<string>) {
  return shown(state, useFreshness(), useNow(1000))
}

/** Glyph and word on one line: tables of pools and machines. The sentence needs room: a word of it says nothing. */
export function StateWord({ state, sentence = false }: { state: State<string>; sentence?: boolean }) {
  const { role, shape, word, percent, sentence: say } = useShown(state)
  return (
    <span className={cn('max-w-full min-w-0 items-center gap-2 align-middle', sentence ? '@container flex' : 'inline-flex')} title={sentence ? say ?? undefined : undefined}>
      <Glyph role={role} shape={shape} percent={percent} />
      <b className={cn('s:whitespace-nowrap', wordTone[role])}>{word}</b>
      {sentence && say ? <span className="hidden truncate text-ink-2 @min-[240px]:block">{say}</span> : null}
    </span>
  )
}

/**
 * Two lines: glyph, word and progress above, the sentence below, with the time left, which is never cut. The row keeps its height; the whole sentence is in the title and on the cluster's page.
 * @param narrow a button stands beside it: the bar makes room for the word
 */
export function StateBlock({ state, left = null, narrow = false }: { state: State<string>; left?: string | null; narrow?: boolean }) {
  const { role, shape, word, percent, sentence } = useShown(state)
  const fresh = useFreshness().state !== 'stale'
  return (
    <div className="grid min-w-0 grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-2">
      <Glyph role={role} shape={shape} percent={percent} />
      <b className={cn('truncate leading-[18px]', wordTone[role])}>{word}</b>
      {percent !== null ? (
        <span className="inline-flex items-center justify-end gap-2 whitespace-nowrap text-12 text-ink-2 s:max-m:hidden">
          <Bar value={percent} tone={role === 'warn' ? 'warn' : role === 'bad' ? 'bad' : 'busy'} label={`${word}, progress`} className={narrow ? 's:max-[1400px]:hidden' : ''} />
          <span className="w-8 text-right max-s:hidden" aria-hidden>{Math.round(percent)}%</span>
        </span>
      ) : <span />}
      {sentence ? (
        <p title={sentence} className="col-[2/-1] flex min-w-0 text-12 text-ink-2 max-s:block max-s:text-13">
          <span className="truncate max-s:whitespace-normal">{sentence}</span>
          {left && fresh ? <span className="shrink-0 whitespace-pre max-s:whitespace-normal"> · {left}</span> : null}
        </p>
      ) : null}
    </div>
  )
}
