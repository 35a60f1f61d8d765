'use client'
import { useEffect, useState } from 'react'
import type { Rollout } from '@/lib/rollout/story'
import { useNow } from '@/components/ui/now'

/** How long the story of a change stays on the cluster's page after its end. */
const KEPT_MS = 15 * 60_000
const LOOK_MS = 5_000

/** true: the story belongs on the page. It never leaves while pointer or focus is in the page: a row would move from under them. */
export function useTold(rollout: Rollout | null): boolean {
  const now = useNow(LOOK_MS)
  const due = rollout !== null && (rollout.endedAt === null || now - Date.parse(rollout.endedAt) < KEPT_MS)
  const [held, hold] = useState(due)
  useEffect(() => {
    if (held === due) return
    const look = () => { if (due || !document.getElementById('main')?.matches(':hover, :focus-within')) hold(due) }
    const timer = setInterval(look, LOOK_MS)
    return () => clearInterval(timer)
  }, [due, held])
  return rollout !== null && (due || held)
}
