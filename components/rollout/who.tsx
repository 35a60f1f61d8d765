'use client'
import { Fragment } from 'react'
import type { Ask, Rollout } from '@/lib/rollout/story'
import { useTenant } from '@/components/live/hooks'
import { At, When } from '@/components/ui/time'
import { askWords } from './words'

/** The person by name; yourself as "you". */
export function Who({ who }: { who: string }) {
  const { session } = useTenant()
  return who === session.email ? <>you<span className="sr-only"> ({who})</span></> : <>{who}</>
}

/** Who asked, each once and in order; what nobody asked for here came from the controllers or from outside. */
export function Askers({ asks }: Pick<Rollout, 'asks'>) {
  const people = [...new Set(asks.map(({ who }) => who))]
  if (people.length === 0) return <span className="text-ink-3">not asked for here</span>
  return <>{people.map((who, index) => <Fragment key={who}>{index > 0 ? ', ' : ''}<Who who={who} /></Fragment>)}</>
}

/** "Pool general from 2 to 4 machines, as you asked at 14:02:00." The last two: all of them are on the change's own page. */
export function Asked({ rollout, all = false }: { rollout: Rollout; all?: boolean }) {
  const shown = all ? rollout.asks : rollout.asks.slice(-2)
  if (shown.length === 0 && all) return <>It was not asked for in this portal.</>
  if (shown.length === 0) return <>It was not asked for in this portal; seen since <When at={rollout.startedAt} />.</>
  return (
    <>
      {shown.map((ask, index) => (
        <Fragment key={ask.operationId}>{index > 0 ? '; then ' : ''}<One ask={ask} first={index === 0} /></Fragment>
      ))}
      .
    </>
  )
}

function One({ ask, first }: { ask: Ask; first: boolean }) {
  const words = askWords(ask)
  return <>{first ? words : words.charAt(0).toLowerCase() + words.slice(1)}, {ask.kind === 'scale' ? 'as ' : 'by '}<Who who={ask.who} />{ask.kind === 'scale' ? ' asked ' : ' '}<At at={ask.at} /></>
}
