import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '@/server/db/client'
import { findOperation, insertOperation } from '@/server/db/operations'
import { startPostgres, type Postgres } from './postgres'

let postgres: Postgres
beforeAll(async () => void (postgres = await startPostgres()), 60_000)
afterAll(() => postgres.stop())

test('the portal’s database opens on it, two replicas at once, and outlives an outage', { timeout: 60_000 }, async () => {
  const [one, other] = await Promise.all([openDatabase({ url: postgres.url }), openDatabase({ url: postgres.url })])
  const row = { id: '1', tenant: 'blue', cluster: 'c', clusterUid: null, kind: 'create', who: 'ada', groups: [], hash: 'h', spec: {}, missing: [] } as const
  expect(await insertOperation(one, row, 'a')).toBe(true)
  await postgres.pause()
  await expect(findOperation(other, '1', 'blue')).rejects.toThrow()
  await postgres.resume()
  expect(await findOperation(other, '1', 'blue')).toMatchObject({ cluster: 'c' })
  await Promise.all([one.close(), other.close()])
})
