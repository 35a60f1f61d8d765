import { setTimeout as sleep } from 'node:timers/promises'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { signInAs, startTestPortal } from './support'

test('a portal that is asked to end sends its streams away, lets nobody new in and is gone within ten seconds', async () => {
  const portal = await startTestPortal({ name: 'drain' })
  try {
    const cookie = await signInAs(portal, 'bea@tenantry.example')
    const open = () => fetch(`${portal.url}/api/t/team-blue/stream`, { headers: { cookie } })
    const streams = await Promise.all(Array.from({ length: 10 }, open))
    const since = Date.now()
    const gone = portal.stop()
    const texts = streams.map((stream) => stream.text())
    // It lingers for a second: asked as soon as the first stream has gone.
    await Promise.race(texts)
    const [late, readyz] = await Promise.all([open(), fetch(`${portal.url}/readyz`)])
    const ends = await Promise.all(texts)
    const waits = ends.map((text) => Number(/retry: (\d+)\n\n$/.exec(text)?.[1] ?? expect.fail('no retry')))
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000)
    expect(new Set(waits).size).toBeGreaterThan(5)
    expect([late.status, Number(late.headers.get('retry-after')) <= 10, /^retry: \d+\n\n$/.test(await late.text())]).toEqual([503, true, true])
    expect(readyz.status).toBe(503)
    await gone
    expect(Date.now() - since).toBeLessThan(10_000)
    await sleep(100)
    expect(readFileSync(portal.logFile, 'utf8')).toContain('"event":"stopped"')
  } finally {
    await portal.kill()
  }
})
