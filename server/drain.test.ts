import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { drain } from '@/server/drain'

function ending() {
  const order: string[] = []
  const acts = new Set<Promise<void>>()
  const act = (name: string, ms: number, then?: () => void): void => {
    const ended: Promise<void> = sleep(ms).then(() => {
      order.push(name)
      then?.()
      acts.delete(ended)
    })
    acts.add(ended)
  }
  const live = { endStreams: () => void order.push('streams'), close: () => Promise.resolve(void order.push('notes')) }
  return { order, acts, act, live }
}

test('streams end first, then acts, also one that another one began, and what they noted is written last', async () => {
  const { order, acts, act, live } = ending()
  act('one', 20, () => act('two', 20))
  await drain({ live, acts }, { linger: 0, acts: 5_000, notes: 5_000 })
  expect(order).toEqual(['streams', 'one', 'two', 'notes'])
})

test('an act that does not end, and notes that are not taken, hold nothing up', async () => {
  const { order, acts, live } = ending()
  acts.add(new Promise(() => undefined))
  await drain({ live: { ...live, close: () => new Promise(() => void order.push('notes')) }, acts }, { linger: 0, acts: 20, notes: 20 })
  expect(order).toEqual(['streams', 'notes'])
})
