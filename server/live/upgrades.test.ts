import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { LiveView, Removal } from '@/lib/live/event'
import type { UpgradeView } from '@/lib/upgrade/view'
import { picture } from '@/server/live/fake-rollouts'
import { Upgrades } from '@/server/live/upgrades'

vi.mock('@/server/env', () => ({ env: () => ({ LOG_LEVEL: 'silent' }) }))

const view = (state: UpgradeView['state'], more: Partial<UpgradeView> = {}): UpgradeView => ({
  kind: 'upgrade', uid: 'u1', tenant: 'blue', operationId: 'o1', who: 'bea', at: '2026-11-21T14:00:00Z', from: 'v1.34.3', to: 'v1.35.2', steps: [], state, reason: null, ...more,
})
/** The rows, as any replica writes them. */
let rows: UpgradeView[]
let away: boolean
beforeEach(() => {
  rows = []
  away = false
})

function follow() {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const published: (UpgradeView | Removal)[] = []
  const changed = vi.fn()
  const asked = vi.fn()
  const answer = <T>(value: T): Promise<T> => (away ? Promise.reject(new Error('away')) : Promise.resolve(value))
  const upgrades = new Upgrades({
    store: {
      open: () => answer(rows.filter(({ state }) => state === 'running' || state === 'paused')),
      latest: (uids) => (asked(uids), answer(rows.filter(({ uid }) => uids.includes(uid)))),
    },
    publish: (_, upserts: readonly LiveView[], removes) => void published.push(...(upserts as UpgradeView[]), ...removes),
    changed, signal: stop.signal,
  })
  return { upgrades, published, changed, asked }
}

test('what another replica has begun, paused and ended is on the streams with the next look, each once', async () => {
  const { upgrades, published, changed, asked } = follow()
  upgrades.changed(null, picture(1, 1))
  expect(upgrades.of('u1')).toBe('unknown')
  await upgrades.look()
  expect([upgrades.of('u1'), published]).toEqual([null, []])
  for (const state of ['running', 'paused', 'paused', 'running', 'done'] as const) {
    rows = [view(state)]
    await upgrades.look()
  }
  expect(published).toMatchObject([{ state: 'running' }, { state: 'paused' }, { state: 'running' }, { state: 'done' }])
  expect([upgrades.of('u1'), changed.mock.calls.length]).toEqual([null, 4])
  await upgrades.look()
  expect(asked, 'of one that has ended nobody asks again').toHaveBeenCalledTimes(2)
})

test('the last one of a cluster that is met is shown, and goes with the cluster', async () => {
  rows = [view('ended'), view('running', { uid: 'elsewhere' })]
  const { upgrades, published } = follow()
  upgrades.changed(null, picture(1, 1))
  await upgrades.look()
  expect(published, 'not of a cluster that is not seen').toMatchObject([{ uid: 'u1', state: 'ended' }])
  upgrades.changed(picture(1, 1), null)
  expect([published.at(-1), upgrades.of('u1')]).toEqual([{ kind: 'upgrade', id: 'u1' }, 'unknown'])
})

test('while the database is away what was read last holds', async () => {
  rows = [view('running')]
  const { upgrades, published } = follow()
  upgrades.changed(null, picture(1, 1))
  await upgrades.look()
  away = true
  await upgrades.look()
  expect(upgrades.of('u1')).toBe('running')
  away = false
  rows = [view('done')]
  await upgrades.look()
  expect(published).toMatchObject([{ state: 'running' }, { state: 'done' }])
})
