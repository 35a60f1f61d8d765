import { expect, test } from 'vitest'
import { at, clock, cond, goneAfter, pictureAt, seenAt, watch, type Told, type World } from '@/lib/rollout/fixtures'
import type { Ask, Rollout, Story } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import { tell, withAsks } from '@/lib/rollout/tell'

const ONE = { general: { desired: 1 } }
const old = (id: string, change = {}) => ({ id, made: -5000, ...change })
const ask = (change: Partial<Ask>): Ask => ({ operationId: 'o1', kind: 'scale', who: 'mina@example.com', at: clock(5), pool: 'general', from: null, to: null, ...change })
const never = () => { throw new Error('no story begins here') }

/** What a test is about: how the state went on, each only once. */
const course = (told: Told): readonly string[] => told.all.flatMap(({ story }) => (story === null ? [] : [story.rollout.state.is === 'stalled' ? `stalled: ${story.rollout.state.reason}` : story.rollout.state.is])).filter((is, index, all) => is !== all[index - 1])
const only = (told: Told): Story => {
  expect(told.ended).toHaveLength(1)
  return told.ended[0] as Story
}
const storyAt = (told: Told, second: number): Rollout => (told.all.find((look) => look.second === second)?.story as Story).rollout

const CREATE: World = { made: 0, answers: 20, pools: () => ({ general: { desired: 2 } }), lives: [{ id: 'aaaaa', made: 20 }, { id: 'bbbbb', made: 21 }] }

test('a creation is told from its first object to its last ready machine', () => {
  const told = watch(CREATE, 0, 200)
  const { rollout, machines } = only(told)
  expect(rollout).toMatchObject({ change: 'create', title: 'Creation of blue-1', startedAt: at(0), endedAt: at(111), state: { is: 'done', at: at(111) }, done: 2, total: 2, percent: 100, expectedEnd: null })
  expect(rollout.pools['general']).toMatchObject({ from: 0, to: 2 })
  expect(rollout.version).toEqual({ from: null, to: 'v1.35.2' })
  expect(rollout.medians).toEqual({ clone: 30_000, address: 5_000, power: 15_000, boot: 30_000, join: 10_000 })
  expect(machines['uid-aaaaa']).toMatchObject({ side: 'new', pool: 'general', steps: { requested: at(20), cloned: at(50), ready: at(110) }, last: { word: 'Ready' } })
  expect(course(told)).toEqual(['rolling', 'done'])
})

test('percent never falls while nothing new is asked', () => {
  const percents = watch(CREATE, 0, 110).all.map(({ story }) => story?.rollout.percent ?? 0)
  expect(percents).toEqual([...percents].sort((a, b) => a - b))
  expect(percents[30]).toBe(40)
  expect(percents.at(-1)).toBeGreaterThan(85)
})

const full = (second: number) => ({ kind: 'pool' as const, pool: 'blue-1', ranges: [], prefix: 24, gateway: null, total: 4, used: second < 300 ? 4 : 3, free: second < 300 ? 0 : 1 })
const SCALE: World = {
  pools: (second) => ({ general: { desired: second < 10 ? 2 : 4 } }), addresses: full,
  lives: [old('aaaaa'), old('bbbbb'), { id: 'ccccc', made: 12 }, { id: 'ddddd', made: 12, waits: { for: 'address', until: 305 } }],
}

test('a larger pool without an address left stalls, says why, and goes on', () => {
  const told = watch(SCALE, 0, 500)
  expect(course(told)).toEqual(['rolling', 'stalled: no-address', 'rolling', 'done'])
  const stalled = storyAt(told, 200)
  expect(stalled.state).toMatchObject({ sentence: 'No free address in pool blue-1; general-ddddd waits for one', since: clock(42), condition: { type: 'IPAddressClaimsFulfilled', message: '0/1 claims being processed' } })
  expect(stalled).toMatchObject({ done: 1, total: 2 })
  const { rollout, machines } = only(told)
  expect(rollout).toMatchObject({ title: 'Pool general from 2 to 4 machines', change: 'scale', startedAt: clock(10), endedAt: at(360), done: 2, total: 2 })
  expect(Object.keys(machines).sort()).toEqual(['uid-ccccc', 'uid-ddddd'])
  const waiting = told.all.find(({ second }) => second === 200)?.story?.machines['uid-ddddd']
  expect(waiting?.last).toMatchObject({ word: 'Waiting for address', sentence: 'It waits for an address from the pool', condition: { type: 'IPAddressClaimsFulfilled' } })
})

test('a leaving machine will free its address: nothing is stalled yet', () => {
  const told = watch({ ...SCALE, lives: [...SCALE.lives, { id: 'eeeee', made: -5000, leaves: 40, held: 200 }] }, 0, 60)
  expect(course(told)).toEqual(['rolling'])
})

const HELD = { id: 'old01', made: -5000, outdated: 12, leaves: 103, held: 60 }
const REPLACE: World = {
  pools: (second) => ({ general: { desired: 3, memoryMiB: second >= 10 ? 16384 : 8192 } }),
  lives: [HELD, old('old02', { outdated: 12, leaves: 194 }), old('old03', { outdated: 12, leaves: 285 }), { id: 'new01', made: 13 }, { id: 'new02', made: 104 }, { id: 'new03', made: 195 }],
}

test('a replacement tells what of the machines changes, who left when, and how long a drain was held', () => {
  const told = watch(REPLACE, 0, 400)
  const { rollout, machines } = only(told)
  expect(rollout).toMatchObject({ change: 'replace', title: 'Memory change in pool general', startedAt: clock(10), endedAt: clock(285 + goneAfter(old('old03'))), done: 3, total: 3 })
  expect(machines['uid-old01']).toMatchObject({ side: 'old', leaving: { deletion: at(103), drained: clock(183), gone: clock(193) } })
  expect(machines['uid-old01']?.troubles).toMatchObject([{ key: 'budget', at: clock(108), until: clock(183), sentence: 'Disruption budget ledger-api allows no eviction of pod shop/ledger-api-0 yet' }])
  expect(machines['uid-new03']).toMatchObject({ side: 'new', steps: { ready: at(285) } })
  expect(rollout.medians.drain).toBe(20_000)
})

test('a disruption budget stalls the change only after 30 s', () => {
  const told = watch(REPLACE, 0, 400)
  expect(course(told)).toEqual(['rolling', 'stalled: drain-blocked', 'rolling', 'done'])
  expect(storyAt(told, 138).state.is).toBe('rolling')
  expect(storyAt(told, 139).state).toMatchObject({ is: 'stalled', since: clock(108), sentence: 'general-old01 can’t be drained: disruption budget ledger-api allows no eviction of pod shop/ledger-api-0 yet' })
})

test('the end is expected once a machine is done: the rest one after the other, and it stays calm', () => {
  const told = watch(REPLACE, 0, 310)
  expect(storyAt(told, 102).expectedEnd).toBeNull()
  // Two machines are to come, 90 s each; that the first of them began a second later than expected puts nothing off.
  expect(storyAt(told, 103).expectedEnd).toBe(clock(103 + 90 + 90))
  expect(storyAt(told, 110).expectedEnd).toBe(clock(103 + 90 + 90))
  const changes = told.all.flatMap(({ story }) => story?.rollout.expectedEnd ?? []).filter((end, index, all) => end !== all[index - 1])
  expect(changes.length).toBeLessThan(6)
})

test('machines side by side are expected together', () => {
  const told = watch({ ...CREATE, pools: () => ({ general: { desired: 3 } }), lives: [...CREATE.lives, { id: 'ccccc', made: 60 }] }, 0, 120)
  expect(storyAt(told, 115).expectedEnd).toBe(clock(60 + 90))
})

const UPGRADE: World = {
  version: (second) => ({ desired: second < 10 ? 'v1.34.3' : 'v1.35.2', current: second < 40 ? 'v1.34.3' : 'v1.35.2' }),
  pools: (second) => ({ general: { desired: 1, version: second < 50 ? 'v1.34.3' : 'v1.35.2' } }),
  lives: [old('old01', { version: 'v1.34.3', outdated: 55, leaves: 146 }), { id: 'new01', made: 56 }],
}

test('an upgrade goes from the control plane to the pools', () => {
  const told = watch(UPGRADE, 0, 300)
  const { rollout } = told.ended.at(-1) as Story
  expect(rollout).toMatchObject({ change: 'upgrade', title: 'Upgrade from v1.34.3 to v1.35.2', version: { from: 'v1.34.3', to: 'v1.35.2' } })
})

test('a control plane alone ends its story when its version has come', () => {
  const told = watch({ ...UPGRADE, pools: () => ({}), lives: [] }, 0, 100)
  expect(only(told).rollout).toMatchObject({ title: 'Upgrade from v1.34.3 to v1.35.2', startedAt: clock(10), endedAt: clock(40), version: { at: clock(40) }, done: 0, total: 0 })
})

test('a version that is refused and taken back was not reached', () => {
  const refused = { ...UPGRADE, version: (second: number) => ({ desired: second < 10 || second >= 40 ? 'v1.34.3' : 'v1.35.2', current: 'v1.34.3' }), pools: () => ({}), lives: [] }
  expect(only(watch(refused, 0, 200)).rollout).toMatchObject({ version: { from: 'v1.34.3', to: 'v1.35.2', at: null } })
})

const REPAIR: World = { pools: () => ({ general: { desired: 2 } }), lives: [old('aaaaa'), old('bbbbb', { leaves: 30 }), { id: 'ccccc', made: 31 }] }

test('a machine deleted by hand is a repair', () => {
  const { rollout, machines } = only(watch(REPAIR, 0, 200))
  expect(rollout).toMatchObject({ change: 'repair', title: 'Repair in pool general', startedAt: clock(30), endedAt: at(121), done: 1, total: 1 })
  expect(Object.values(machines).map(({ side, name }) => `${side} ${name}`).sort()).toEqual(['new blue-1-general-abcde-ccccc', 'old blue-1-general-abcde-bbbbb'])
})

test('a machine exchanged while nobody looked is a repair that is over', () => {
  const story = tell(null, seenAt(REPAIR, 20, 190), clock(190), () => 'r')
  expect(story?.rollout).toMatchObject({ change: 'repair', state: { is: 'done' }, done: 1, total: 1 })
  expect(story?.machines['uid-bbbbb']?.leaving.gone).toBe(clock(190))
})

test('a node that does not report for a while is no story', () => {
  const says = (second: number) => (second > 30 && second < 60 ? { word: 'Not ready' as const, role: 'bad' as const, sentence: 'Its node does not report', condition: null, percent: null } : null)
  expect(watch({ pools: () => ONE, lives: [old('aaaaa', { says })] }, 0, 100).all.every(({ story }) => story === null)).toBe(true)
})

test('a node that is not ready again soon after its start is no story either', () => {
  const says = (second: number) => (second > 30 && second < 60 ? { word: 'Joining' as const, role: 'busy' as const, sentence: null, condition: null, percent: null } : null)
  expect(watch({ pools: () => ONE, lives: [old('aaaaa', { says })] }, 0, 100).all.every(({ story }) => story === null)).toBe(true)
})

const DELETE: World = { pools: () => ({ general: { desired: 2 } }), deleting: 20, gone: 90, lives: [old('aaaaa', { leaves: 22 }), old('bbbbb', { leaves: 24 })] }

test('a deletion ends when the cluster is gone', () => {
  const { rollout, machines } = only(watch(DELETE, 0, 120))
  expect(rollout).toMatchObject({ change: 'delete', title: 'Deletion of blue-1', startedAt: at(20), endedAt: clock(90), state: { is: 'done' }, done: 2, total: 2, percent: 100, pools: { general: { from: 2, to: 0 } } })
  expect(Object.values(machines).every(({ side, leaving }) => side === 'old' && leaving.gone !== null)).toBe(true)
})

test('a deletion during a creation ends that story, and is one of its own', () => {
  const told = watch({ ...CREATE, deleting: 60, gone: 90, lives: CREATE.lives.map((life) => ({ ...life, leaves: 62 })) }, 0, 120)
  expect(told.ended.map(({ rollout }) => [rollout.change, rollout.state.is, rollout.endedAt])).toEqual([['create', 'failed', at(60)], ['delete', 'done', clock(90)]])
  expect(told.ended[0]?.rollout.state).toMatchObject({ sentence: 'blue-1 was deleted before it was finished' })
})

test('a smaller pool counts who leaves', () => {
  const told = watch({ pools: (second) => ({ general: { desired: second < 10 ? 3 : 1 } }), lives: [old('aaaaa'), old('bbbbb', { leaves: 11 }), old('ccccc', { leaves: 12 })] }, 0, 100)
  expect(storyAt(told, 20)).toMatchObject({ title: 'Pool general from 3 to 1 machine', done: 0, total: 2 })
  expect(only(told).rollout).toMatchObject({ done: 2, total: 2, endedAt: clock(42) })
})

test('a portal that starts in the middle tells what it finds, without a size before', () => {
  const told = watch(SCALE, 60, 500)
  const { rollout, machines } = only(told)
  expect(rollout).toMatchObject({ change: 'scale', title: 'Pool general to 4 machines', startedAt: at(12), done: 2, total: 2, pools: { general: { from: null, to: 4 } } })
  expect(Object.keys(machines).sort()).toEqual(['uid-ccccc', 'uid-ddddd'])
  expect(only(watch(CREATE, 60, 200)).rollout).toMatchObject({ change: 'create', startedAt: at(0), total: 2 })
  expect(only(watch(REPLACE, 150, 400)).rollout).toMatchObject({ change: 'replace', title: 'Machine change in pool general', done: 3, total: 3 })
})

test('a settled cluster met for the first time opens no story', () => {
  expect(tell(null, seenAt(SCALE, null, 450), clock(450), never)).toBeNull()
})

test.each<[string, World, number]>([['a creation', CREATE, 60], ['a larger pool', SCALE, 100], ['a replacement', REPLACE, 120], ['an upgrade', UPGRADE, 70], ['a repair', REPAIR, 50], ['a deletion', DELETE, 50]])(
  '%s told on after a restart, from its stored row and new pictures, is the same story',
  (_, world, second) => {
    const whole = watch(world, 0, 600).ended.at(-1) as Story
    const first = watch(world, 0, second)
    const stored = JSON.parse(JSON.stringify(first.open)) as Story
    expect(tell(stored, seenAt(world, null, second), clock(second), never)).toBe(stored)
    const rest = watch(world, second, 600, { story: stored })
    expect(JSON.parse(JSON.stringify(rest.ended.at(-1)))).toEqual(JSON.parse(JSON.stringify({ ...whole, rollout: { ...whole.rollout } })))
  },
)

test('the same seen again is the same story, and no step of a life throws away what did not change', () => {
  for (const { second, story } of watch(REPLACE, 0, 300).all) {
    if (story === null) continue
    expect(tell(story, seenAt(REPLACE, second - 1, second), clock(second), never)).toBe(story)
  }
  const [before, after] = watch(REPLACE, 0, 44).all.slice(-2).map(({ story }) => story as Story)
  expect(after?.machines['uid-old02']).toBe(before?.machines['uid-old02'])
  expect(after?.machines['uid-new01']).not.toBe(watch(REPLACE, 0, 42).open?.machines['uid-new01'])
})

test('a machine whose view is the same object is not told again, unless what is known of it was said by another replica', () => {
  const before = pictureAt(REPLACE, 44) as Picture
  const story = storyOf(watch(REPLACE, 0, 44))
  const lagging: Story = { ...story, machines: Object.fromEntries(Object.entries(story.machines).map(([uid, machine]) => [uid, { ...machine, last: { ...machine.last, sentence: 'as another saw it' } }])) }
  expect(tell(story, { before, after: before }, clock(45), never)).toBe(story)
  const told = tell(lagging, { before, after: before }, clock(45), never) as Story
  expect(Object.values(told.machines).map(({ last }) => last.sentence)).not.toContain('as another saw it')
  const left: Picture = { ...before, machines: new Map([...before.machines].map(([uid, view]) => [uid, { ...view, upToDate: true }])) }
  expect(Object.keys((tell(story, { before: left, after: left }, clock(45), never) as Story).machines)).toEqual(['uid-new01'])
})

test('asks join by operation, name who asked, and move the beginning', () => {
  const story = storyOf(watch(SCALE, 0, 20))
  const asked = withAsks(story, [ask({ operationId: 'o2', at: clock(8), from: 3, to: 4 }), ask({ from: 2, to: 3 })])
  expect(asked.rollout).toMatchObject({ startedAt: clock(5), title: 'Pool general from 2 to 4 machines', asks: [{ operationId: 'o1' }, { operationId: 'o2' }] })
  expect(withAsks(asked, [ask({ from: 2, to: 3 })])).toBe(asked)
})

test('an ask gives the size that a portal met in the middle does not know', () => {
  const met = storyOf(watch(SCALE, 60, 61))
  expect(met.rollout.pools['general']?.from).toBeNull()
  expect(withAsks(met, [ask({ from: 2, to: 4 })]).rollout).toMatchObject({ title: 'Pool general from 2 to 4 machines', pools: { general: { from: 2 } } })
})

const storyOf = (told: Told): Story => told.all.at(-1)?.story as Story

test('what was asked last must show in the pool before the story ends, for a minute', () => {
  const world: World = { pools: (second) => ({ general: { desired: second < 10 ? 1 : 2 } }), lives: [old('aaaaa'), { id: 'bbbbb', made: 12 }] }
  const asks = [ask({ at: clock(9), from: 1, to: 2 }), ask({ operationId: 'o2', at: clock(90), from: 2, to: 3 })]
  const told = watch(world, 0, 200, { asks })
  expect(told.all.find(({ second }) => second === 149)?.story?.rollout.endedAt).toBeNull()
  expect(told.ended[0]?.rollout).toMatchObject({ endedAt: at(102), state: { is: 'done' } })
})

test('an asked replacement must show in an old machine, and a removed pool is one of no machines', () => {
  const world: World = { pools: (second) => ({ general: { desired: second < 10 ? 1 : 2 } }), lives: [old('aaaaa'), { id: 'bbbbb', made: 12 }] }
  const end = (asks: readonly Ask[]) => watch(world, 0, 200, { asks }).ended[0]?.rollout
  const without = end([])?.endedAt
  expect(end([ask({ at: clock(60), pool: 'batch', from: 2, to: 0 })])).toMatchObject({ endedAt: without })
  const open = watch(world, 0, 110, { asks: [ask({ kind: 'replace', at: clock(60), from: null, to: null })] })
  expect([open.ended, open.open?.rollout]).toMatchObject([[], { change: 'replace', endedAt: null }])
})

test('what was wrong stays told after it is over and after its machine is gone; what comes back is told again', () => {
  const condition = cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', "vm 'ubuntu' not found", at(12))
  const bad = (second: number) => ((second > 30 && second < 50) || (second > 60 && second < 70) ? { word: 'Cloning' as const, role: 'warn' as const, sentence: 'vSphere has no VM template ubuntu', condition, percent: null } : null)
  const world: World = { pools: (second) => ({ general: { desired: second < 10 ? 1 : 2 } }), lives: [old('aaaaa'), { id: 'bbbbb', made: 12, waits: { for: 'cloned', until: 900 }, leaves: 80, says: bad }, { id: 'ccccc', made: 90 }] }
  const told = watch(world, 0, 300)
  expect(course(told)).toEqual(['rolling', 'stalled: template-missing', 'rolling', 'stalled: template-missing', 'rolling', 'done'])
  const machine = only(told).machines['uid-bbbbb']
  expect(machine?.side).toBe('new')
  expect(machine?.troubles.map(({ at: from, until }) => [from, until])).toEqual([[clock(31), clock(50)], [clock(61), clock(70)]])
  expect(new Set(machine?.troubles.map(({ key }) => key)).size).toBe(2)
})

test('a portal whose clock is behind does not take old machines for new ones', () => {
  const world: World = { pools: (second) => ({ general: { desired: second < 400 ? 1 : 2 } }), lives: [{ id: 'aaaaa', made: 100 }, { id: 'bbbbb', made: 402 }] }
  const opened = tell(null, seenAt(world, 395, 401), clock(50), () => 'r') as Story
  const story = tell(opened, seenAt(world, 401, 410), clock(60), never) as Story
  expect(Object.keys(story.machines)).toEqual(['uid-bbbbb'])
})

test('an ended story stays as it is', () => {
  const ended = only(watch(CREATE, 0, 200))
  expect(tell(ended, seenAt(CREATE, 199, 200), clock(200), never)).toBe(ended)
})

test('odd input does not throw', () => {
  const picture = pictureAt(REPLACE, 60)
  if (picture === null) throw new Error('no picture')
  const broken = { cluster: { ...picture.cluster, createdAt: '', deletingSince: null, uid: '' }, machines: new Map([...picture.machines].map(([uid, machine]) => [uid, { ...machine, uid: '', createdAt: 'yesterday', pool: null, steps: [], deletingSince: 'soon' }])) }
  for (const now of [clock(60), 'not a time', '']) {
    const story = tell(null, { before: null, after: broken }, now, () => 'r')
    expect(() => tell(story, { before: broken, after: null }, now, () => 'r')).not.toThrow()
    expect(() => tell(story, { before: picture, after: broken }, now, () => 'r')).not.toThrow()
  }
  expect(tell(null, { before: null, after: null }, clock(0), never)).toBeNull()
})

/** The control plane from 10 to 40; the pools one after the other, with nothing moving in between. */
const IN_STEPS: World = {
  version: (second) => ({ desired: second < 10 ? 'v1.34.3' : 'v1.35.2', current: second < 40 ? 'v1.34.3' : 'v1.35.2' }),
  pools: (second) => ({ general: { desired: 1, version: second < 50 ? 'v1.34.3' : 'v1.35.2' }, gpu: { desired: 1, version: second < 200 ? 'v1.34.3' : 'v1.35.2' } }),
  lives: [
    old('old01', { version: 'v1.34.3', outdated: 50, leaves: 142 }), { id: 'new01', made: 51 },
    old('old02', { pool: 'gpu', version: 'v1.34.3', outdated: 200, leaves: 292 }), { id: 'new02', pool: 'gpu', made: 201 },
  ],
}
const upgradeAsk = ask({ kind: 'upgrade', pool: null, at: clock(9), version: 'v1.35.2', pools: ['general', 'gpu'] })

test('an upgrade that was asked for is one change with all of its steps', () => {
  const { rollout } = only(watch(IN_STEPS, 0, 400, { asks: [upgradeAsk], upgrade: (second) => (second < 325 ? 'running' : null) }))
  expect(rollout).toMatchObject({ change: 'upgrade', title: 'Upgrade from v1.34.3 to v1.35.2', startedAt: clock(9), version: { at: clock(40) }, done: 2, total: 2 })
  expect(Object.keys(rollout.pools).sort()).toEqual(['general', 'gpu'])
})

/** The same, with its last pool an hour and more after the one before it; looked at as often as an open story is. */
const LATE = 5_000
const LONG: World = {
  ...IN_STEPS,
  pools: (second) => ({ general: { desired: 1, version: second < 50 ? 'v1.34.3' : 'v1.35.2' }, gpu: { desired: 1, version: second < LATE ? 'v1.34.3' : 'v1.35.2' } }),
  lives: [
    old('old01', { version: 'v1.34.3', outdated: 50, leaves: 142 }), { id: 'new01', made: 51 },
    old('old02', { pool: 'gpu', version: 'v1.34.3', outdated: LATE, leaves: LATE + 92 }), { id: 'new02', pool: 'gpu', made: LATE + 1 },
  ],
}

test('paused for hours between two steps it is one change, which says that it waits and expects no end', () => {
  const told = watch(LONG, 0, LATE + 300, { every: 10, asks: [upgradeAsk], upgrade: (second) => (second < 100 || second >= LATE ? 'running' : 'paused') })
  const at = (second: number) => storyAt(told, second)
  expect(at(160), 'what is under way goes to its end').toMatchObject({ state: { is: 'rolling', sentence: expect.stringContaining('Replacing') as string } })
  expect(at(LATE - 10)).toMatchObject({ endedAt: null, expectedEnd: null, state: { is: 'rolling', sentence: 'The upgrade is paused until somebody continues it' }, done: 1 })
  expect(only(told).rollout).toMatchObject({ state: { is: 'done' }, startedAt: clock(9), done: 2, total: 2 })
})

test('no portal for hours between two steps: the story that was stored is told on, also before it is known whether its upgrade goes on', () => {
  const before = watch(LONG, 0, 300, { every: 10, asks: [upgradeAsk], upgrade: () => 'running' })
  expect(before.ended).toEqual([])
  const after = watch(LONG, LATE - 60, LATE + 300, { every: 10, story: before.open, upgrade: (second) => (second < LATE - 50 ? 'unknown' : 'running') })
  expect(only(after).rollout).toMatchObject({ id: before.open?.rollout.id, state: { is: 'done' }, startedAt: clock(9), done: 2, total: 2 })
})

test('one that was stopped after its control plane ends there, at the time of its last fact', () => {
  const stopped: World = { ...IN_STEPS, pools: () => ({ general: { desired: 1, version: 'v1.34.3' } }), lives: [old('old01', { version: 'v1.34.3' })] }
  const told = watch(stopped, 0, 5_000, { every: 10, asks: [upgradeAsk], upgrade: (second) => (second < 4_000 ? 'paused' : null) })
  expect(storyAt(told, 3_990).endedAt, 'still open').toBeNull()
  expect(only(told).rollout).toMatchObject({ state: { is: 'done' }, endedAt: clock(40) })
})
