'use client'
import { useEffect, useRef, useState } from 'react'
import { useClusters } from '@/components/live/hooks'
import { announcement, wordsOf, type Words } from './announcement'

const EVERY_MS = 20_000

/** The one live region of a page: says a change of state, never percent or ticks, at most every 20 s. */
export function Announcer({ only }: { only: string | null }) {
  const clusters = useClusters()
  const [text, say] = useState('')
  const said = useRef<{ words: Words; at: number } | null>(null)

  useEffect(() => {
    const watched = only ? clusters.filter((cluster) => cluster.name === only) : clusters
    const last = said.current
    if (!last) {
      said.current = { words: wordsOf(watched), at: 0 }
      return
    }
    const next = announcement(last.words, watched)
    if (!next) return
    // Waiting rather than dropping: what happened in between is said together, from the newest state.
    const timer = setTimeout(() => {
      said.current = { words: wordsOf(watched), at: Date.now() }
      say(next)
    }, Math.max(0, last.at + EVERY_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [clusters, only])

  return <div role="status" className="sr-only">{text}</div>
}
