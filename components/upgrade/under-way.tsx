'use client'
import { useState } from 'react'
import { toast } from 'sonner'
import type { ClusterView } from '@/lib/cluster/view'
import type { ErrorView, Result } from '@/lib/errors'
import { plainVersion } from '@/lib/kubernetes/version'
import { poolOfStep, stepWords } from '@/lib/upgrade/plan'
import { controlPlaneState, poolState, type StepState } from '@/lib/upgrade/progress'
import type { UpgradeView } from '@/lib/upgrade/view'
import type { StateRole } from '@/lib/state'
import { useCan, useMachines, useStory, useTenant } from '@/components/live/hooks'
import { RolloutPanel } from '@/components/rollout/rollout-panel'
import { useTold } from '@/components/rollout/use-told'
import { Who } from '@/components/rollout/who'
import { ErrorNote } from '@/components/state/error-note'
import { Glyph, type GlyphShape } from '@/components/state/glyph'
import { Button } from '@/components/ui/button'
import { Note } from '@/components/ui/note'
import { Panel } from '@/components/ui/panel'
import { At } from '@/components/ui/time'
import { StopDialog } from './stop-dialog'

/** Its steps as they go, by what the stream shows; the page may be left. */
export function UpgradeUnderWay({ cluster, upgrade }: { cluster: ClusterView; upgrade: UpgradeView }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('upgrade:cluster')
  const story = useStory(cluster.uid)
  const told = useTold(story?.rollout ?? null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const [stopping, setStopping] = useState(false)
  const { operationId, from, to, who, at, state, reason } = upgrade
  const paused = state === 'paused'

  const act = async (run: (input: { tenant: string; operationId: string }) => Promise<Result<unknown>>, done: string) => {
    setBusy(true)
    setError(null)
    const result = await run({ tenant, operationId })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(done)
  }
  return (
    <>
      <div className="flex items-start gap-4 max-s:flex-col max-s:gap-3">
        <div className="min-w-0 flex-1">
          <h1 className="[overflow-wrap:anywhere]">{cluster.name}: from {plainVersion(from)} to {plainVersion(to)}</h1>
          <p className="mt-1 text-ink-2">Asked for by <Who who={who} /> <At at={at} />. It goes on by itself; you may leave this page.</p>
        </div>
        <div className="flex gap-2 max-s:w-full max-s:[&>*]:flex-1">
          {paused ? <Button look="primary" busy={busy} reason={can.reason} onClick={() => void act(actions.continueUpgrade, 'The upgrade goes on')}>Continue</Button> : <Button busy={busy} reason={can.reason} onClick={() => void act(actions.pauseUpgrade, 'The upgrade pauses')}>Pause</Button>}
          <Button look="danger" reason={can.reason} onClick={() => setStopping(true)}>Stop</Button>
        </div>
      </div>
      <div className="mt-4 space-y-4">
        {error ? <ErrorNote error={error} /> : null}
        {paused ? <Note role="idle" icon={<Glyph role="idle" shape="pause" />}><p className="font-medium">Paused: no further step begins until somebody continues.</p><p className="mt-0.5 text-ink-2">{reason} A machine that is being replaced is replaced to its end.</p></Note> : null}
        {!paused && reason !== null ? <Note role="warn"><p className="font-medium">It is held, and goes on by itself once this is mended.</p><p className="mt-0.5">{reason}</p></Note> : null}
        <Panel title="Steps" id="steps" note={`${upgrade.steps.filter(({ done }) => done).length} of ${upgrade.steps.length} done`}>
          <Steps cluster={cluster} upgrade={upgrade} />
        </Panel>
        {story && told ? <RolloutPanel story={story} /> : null}
      </div>
      {stopping ? <StopDialog cluster={cluster} upgrade={upgrade} onClose={() => setStopping(false)} /> : null}
    </>
  )
}

function Steps({ cluster, upgrade: { steps, to, state } }: { cluster: ClusterView; upgrade: UpgradeView }) {
  const machines = useMachines(cluster.name)
  const states = steps.map((step): StepState => {
    const pool = poolOfStep(step.id)
    if (step.done) return { is: 'done' }
    if (step.id === 'add-ons') return { is: 'unwritten' }
    return pool === null ? controlPlaneState(cluster, to) : poolState(cluster.pools.find(({ name }) => name === pool), machines, to, step.onDelete)
  })
  const turn = states.findIndex(({ is }) => is !== 'done')
  return (
    <ol aria-labelledby="steps">
      {steps.map(({ id, onDelete }, index) => {
        const { role, shape, word, words } = shown(states[index] ?? { is: 'unwritten' }, index === turn, state === 'paused', onDelete)
        return (
          <li key={id} aria-current={index === turn ? 'step' : undefined} className="flex gap-3 border-t border-line px-4 py-3">
            <Glyph role={role} shape={shape} className="mt-0.5" />
            <div className="min-w-0">
              <p className="font-medium">{stepWords(id)}<span className="font-normal text-ink-2">: {word}</span></p>
              {words ? <p className="text-ink-2 [overflow-wrap:anywhere]">{words}</p> : null}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

function shown(state: StepState, turn: boolean, paused: boolean, onDelete: boolean): { role: StateRole; shape: GlyphShape; word: string; words: string | null } {
  if (state.is === 'done') return { role: 'ok', shape: 'check', word: 'done', words: onDelete ? 'Its machines follow when somebody deletes them.' : null }
  if (state.is === 'under-way') return { role: state.held ? 'warn' : 'busy', shape: state.held ? 'triangle' : 'arc', word: state.held ? 'stalled' : 'under way', words: state.words }
  if (!turn) return { role: 'idle', shape: 'ring', word: 'waits for its turn', words: null }
  return paused ? { role: 'idle', shape: 'pause', word: 'paused', words: null } : { role: 'busy', shape: 'arc', word: 'about to begin', words: null }
}
