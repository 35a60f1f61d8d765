import { afterEach, expect, test, vi } from 'vitest'
import { clock, pictureAt, type Life, type World } from '@/lib/rollout/fixtures'
import { merge, tell, withAsks } from '@/lib/rollout/tell'
import { memory, replica } from '@/server/live/fake-rollouts'
import type { Picture } from '@/lib/rollout/picture'
import { log } from '@/server/log'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** The same numbers for the same seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A pool that grows a few times and rests in between: what is seen, and which machines each change brings. */
function life(random: (below: number) => number) {
  const lives: Life[] = [{ id: 'first', made: -5_000 }]
  const sizes: { from: number; desired: number }[] = [{ from: -Infinity, desired: 1 }]
  const changes: string[][] = []
  let second = 10
  for (let change = 0; change < 4; change++) {
    const ids = Array.from({ length: 1 + random(3) }, (_, index) => `c${change}m${index}`)
    sizes.push({ from: second, desired: (sizes.at(-1)?.desired ?? 0) + ids.length })
    lives.push(...ids.map((id) => ({ id, made: second + 1 + random(20) })))
    changes.push(ids.map((id) => `uid-${id}`))
    second += 150 + random(120)
  }
  const world: World = { lives, pools: (now) => ({ general: { desired: sizes.findLast(({ from }) => from <= now)?.desired ?? 1 } }) }
  const pictures: { second: number; shows: Picture }[] = []
  for (let now = 0; now <= second; now++) {
    const shows = pictureAt(world, now)
    if (shows && JSON.stringify(entriesOf(shows)) !== JSON.stringify(entriesOf(pictures.at(-1)?.shows))) pictures.push({ second: now, shows })
  }
  return { pictures, changes, over: second }
}
const entriesOf = (picture: Picture | undefined) => picture && [picture.cluster, ...picture.machines]

test.each(Array.from({ length: 10 }, (_, seed) => [seed]))('each change is one story with all its machines, whoever is slow, killed or away (seed %i)', async (seed) => {
  vi.useFakeTimers({ now: new Date(clock(0)) })
  vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  const random = numbers(seed)
  const { pictures, changes, over } = life(random)
  const { store, state, whole } = memory()
  const begin = () => replica(store, { reducer: { tell, merge, withAsks } })
  let one = begin()
  const two = begin()
  const shown: (Picture | null)[] = [null, null]
  const show = (index: 0 | 1, after: Picture): void => {
    const { rollouts } = index === 0 ? one : two
    rollouts.changed(shown[index] ?? null, after)
    shown[index] = after
  }
  let behind = 0
  for (const { second, shows } of pictures) {
    setTimeout(() => show(0, shows), second * 1_000)
    // The other one's watch lags, but never tells out of order.
    behind = Math.max(behind, second * 1_000 + random(400))
    setTimeout(() => show(1, shows), behind)
  }
  for (let kill = 0; kill < 3; kill++)
    setTimeout(() => {
      one.stop.abort()
      one = begin()
      if (shown[0]) one.rollouts.changed(null, shown[0])
    }, random(over * 1_000))
  const outage = random(over * 1_000)
  setTimeout(() => void (state.away = true), outage)
  setTimeout(() => void (state.away = false), outage + 500 + random(120_000))

  await vi.advanceTimersByTimeAsync(over * 1_000 + 180_000)
  expect(whole().map(({ rollout, machines }) => [rollout.state.is, Object.keys(machines).sort()])).toEqual(changes.map((uids) => ['done', uids]))
  const last = whole().at(-1)?.rollout.id
  expect([one.shown().map(({ id }) => id), two.shown().map(({ id }) => id)]).toEqual([[last], [last]])
})
