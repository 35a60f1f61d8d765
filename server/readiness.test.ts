import { expect, test } from 'vitest'
import { missing, waitsFor } from '@/server/readiness'

const runtime = (kinds: readonly { kind: string; synced: boolean; lastCode: number | null }[], ready = true, draining = false) =>
  ({ live: { counters: () => ({ reflectors: kinds }), ready: () => ready }, draining: () => draining }) as never

test.each([
  ['before the start', null, ['the start']],
  ['while it ends', runtime([], true, true), ['nothing: it is ending']],
  ['while kinds are listed', runtime([{ kind: 'Machine', synced: false, lastCode: null }, { kind: 'Cluster', synced: true, lastCode: null }], false), ['Machine']],
  ['when a kind is refused', runtime([{ kind: 'Event', synced: false, lastCode: 403 }], false), ['Event (the management cluster answers 403)']],
  ['when nobody answers', runtime([{ kind: 'Event', synced: false, lastCode: 0 }], false), ['Event (the management cluster does not answer)']],
  ['while views are made', runtime([{ kind: 'Machine', synced: true, lastCode: null }], false), ['views']],
  ['when all is there', runtime([{ kind: 'Machine', synced: true, lastCode: null }]), []],
  ['when a kind fails after it was listed once', runtime([{ kind: 'Machine', synced: true, lastCode: 500 }]), []],
])('%s it waits for the right thing', (_, given, expected) => {
  expect(waitsFor(given)).toEqual(expected)
})

test('a kind that cannot be read keeps nobody out, and is named', () => {
  const given = runtime([{ kind: 'Machine', synced: true, lastCode: null }, { kind: 'IPAddressClaim', synced: false, lastCode: 403 }])
  expect([waitsFor(given), missing(given)]).toEqual([[], ['IPAddressClaim (the management cluster answers 403)']])
})
