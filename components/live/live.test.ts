import { describe, expect, test, vi } from 'vitest'
import { BEAT_MS, type LiveMessage } from '@/lib/live/event'
import { emptyState } from '@/lib/live/reduce'
import { delayBefore } from './backoff'
import { freshness } from './freshness'
import { shareStream, type Channel } from './share'
import { keepStream, type StreamEnvironment } from './stream'

class FakeSource {
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  closed = false
  readonly listeners = new Map<string, (event: { data: string }) => void>()
  addEventListener(type: string, listener: (event: { data: string }) => void) {
    this.listeners.set(type, listener)
  }
  close() {
    this.closed = true
  }
  send(type: string, data: object = {}) {
    this.listeners.get(type)?.({ data: JSON.stringify(data) })
  }
}

function setup(status: number | null = 503) {
  const sources: FakeSource[] = []
  const timers = new Set<{ run: () => void; ms: number }>()
  const messages: LiveMessage[] = []
  const clock = { now: 0, wake: (): void => undefined, gone: (): void => undefined }
  const env: StreamEnvironment = {
    open: () => {
      const source = new FakeSource()
      sources.push(source)
      return source as unknown as EventSource
    },
    probe: () => Promise.resolve(status),
    setTimer: (run, ms) => {
      const timer = { run, ms }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    random: () => 0.5,
    now: () => clock.now,
    onNetwork: ({ back, gone }) => {
      Object.assign(clock, { wake: back, gone })
      return () => (clock.wake = clock.gone = () => undefined)
    },
  }
  const connected = vi.fn()
  const stop = keepStream('/stream', { message: (message) => messages.push(message), connected }, env)
  const fire = () => {
    const [timer] = timers
    if (!timer) throw new Error('no timer is set')
    timers.delete(timer)
    timer.run()
    return timer.ms
  }
  const refuse = async () => {
    const source = sources.at(-1)
    if (!source) throw new Error('nothing is open')
    source.readyState = 2
    source.onerror?.()
    await Promise.resolve()
    await Promise.resolve()
  }
  return { sources, timers, messages, connected, stop, fire, refuse, clock }
}

describe('one stream', () => {
  test('three missed beats reopen it', () => {
    const { sources, fire, connected } = setup()
    sources[0]?.onopen?.()
    sources[0]?.send('beat')
    expect(fire()).toBe(3 * BEAT_MS)
    expect(sources[0]?.closed).toBe(true)
    expect(connected).toHaveBeenLastCalledWith(false)
    fire()
    expect(sources).toHaveLength(2)
  })

  test('a stream that ends is left to the browser once, longer than the server may ask it to wait; then ours waits longer each time', () => {
    const { sources, fire, timers } = setup()
    sources[0]?.onopen?.()
    sources[0]?.onerror?.()
    expect([sources[0]?.closed, [...timers].map(({ ms }) => ms)]).toEqual([false, [12_000]])
    sources[0]?.onerror?.()
    expect([sources[0]?.closed, fire()]).toEqual([true, 750])
    sources[1]?.onerror?.()
    sources[1]?.onerror?.()
    expect(fire()).toBe(1_500)
    sources[2]?.onopen?.()
    sources[2]?.onerror?.()
    expect(sources[2]?.closed, 'after it was open the browser may try again').toBe(false)
  })

  test('a machine that wakes connects at once: out of a long wait, and when it slept through three beats', async () => {
    const { sources, timers, refuse, clock, stop } = setup()
    await refuse()
    clock.wake()
    expect([sources.length, [...timers].map(({ ms }) => ms)], 'one stream, and no wait is left').toEqual([2, [3 * BEAT_MS]])
    sources[1]?.onopen?.()
    clock.now += 3 * BEAT_MS
    clock.wake()
    expect(sources, 'a stream that was just heard is kept').toHaveLength(2)
    clock.now += 1
    clock.wake()
    expect([sources.length, sources[1]?.closed]).toEqual([3, true])
    stop()
    clock.wake()
    expect(sources).toHaveLength(3)
  })

  test('without a network the page is told at once, and connects as soon as there is one', () => {
    const { sources, clock, connected } = setup()
    sources[0]?.onopen?.()
    clock.gone()
    expect([sources[0]?.closed, connected.mock.lastCall]).toEqual([true, [false]])
    clock.wake()
    expect(sources).toHaveLength(2)
  })

  test('a probe that is answered after a wake opens no second stream', async () => {
    const { sources, timers, clock } = setup()
    const [first] = sources
    Object.assign(first ?? {}, { readyState: 2 })
    first?.onerror?.()
    clock.wake()
    await Promise.resolve()
    await Promise.resolve()
    expect([sources.length, timers.size]).toEqual([2, 1])
  })

  test('a refusal waits longer each time, up to a minute', async () => {
    const { fire, refuse } = setup(503)
    const waits: number[] = []
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await refuse()
      waits.push(fire())
    }
    expect(waits).toEqual([750, 1500, 3000, 6000, 12000, 24000, 45000, 45000])
  })

  test('a 401 ends at sign-in: nothing is opened again', async () => {
    const { sources, timers, messages, refuse } = setup(401)
    await refuse()
    expect(messages).toEqual([{ type: 'signed-out' }])
    expect(timers.size).toBe(0)
    expect(sources).toHaveLength(1)
  })

  test.each([403, 404])('a %d means that the tenant is not to be seen any more', async (status) => {
    const { timers, messages, refuse } = setup(status)
    await refuse()
    expect(messages).toEqual([{ type: 'revoked' }])
    expect(timers.size).toBe(0)
  })

  test('after its end is said it stays closed', () => {
    const { sources, timers, messages } = setup()
    sources[0]?.send('signed-out')
    expect(sources[0]?.closed).toBe(true)
    expect(timers.size).toBe(0)
    expect(messages).toEqual([{ type: 'signed-out' }])
  })

  test('what arrives after the stop is not heard', () => {
    const { sources, messages, stop } = setup()
    stop()
    sources[0]?.send('beat')
    expect(messages).toEqual([])
  })
})

describe('tabs of one browser', () => {
  function browser() {
    const channels = new Set<Channel>()
    const queue: (() => void)[] = []
    const streams: { message: (message: LiveMessage) => void }[] = []
    let held = false
    const locks = {
      request: (_name: string, options: { signal: AbortSignal }, lead: () => Promise<void>) => {
        const run = () => {
          if (options.signal.aborted) return queue.shift()?.()
          held = true
          void lead().then(() => {
            held = false
            queue.shift()?.()
          })
        }
        if (held) queue.push(run)
        else run()
        return new Promise<void>(() => {})
      },
    } as unknown as Pick<LockManager, 'request'>
    const channel = (): Channel => {
      const own: Channel = {
        onmessage: null,
        postMessage: (data) => {
          for (const other of channels) if (other !== own) other.onmessage?.({ data } as Parameters<NonNullable<Channel['onmessage']>>[0])
        },
        close: () => channels.delete(own),
      }
      channels.add(own)
      return own
    }
    const tab = () => {
      const heard: LiveMessage[] = []
      const stop = shareStream('tenant', { message: (message) => heard.push(message), connected: () => {}, state: () => emptyState }, {
        locks,
        channel,
        stream: (listener) => {
          streams.push(listener)
          return () => {}
        },
      })
      return { heard, stop }
    }
    return { tab, streams }
  }

  test('only the first tab streams; a later one is given its state and what comes', () => {
    const { tab, streams } = browser()
    tab()
    const second = tab()
    expect(streams).toHaveLength(1)
    streams[0]?.message({ type: 'beat' })
    expect(second.heard).toEqual([{ type: 'snapshot', state: emptyState }, { type: 'beat' }])
  })

  test('when the leading tab closes the next one opens the stream', async () => {
    const { tab, streams } = browser()
    const first = tab()
    tab()
    first.stop()
    await Promise.resolve()
    await Promise.resolve()
    expect(streams).toHaveLength(2)
  })
})

describe('how old what is shown may be', () => {
  const live = { state: 'live', lastContact: null } as never
  const lost = (at: number) => ({ connected: false, lostAt: at, lastMessageAt: at })

  test('lost for 3 s: reconnecting; for 30 s: last known', () => {
    expect(freshness(lost(0), live, 2_000).state).toBe('live')
    expect(freshness(lost(0), live, 4_000).state).toBe('reconnecting')
    expect(freshness(lost(0), live, 31_000)).toEqual({ state: 'stale', since: 0, cause: 'stream' })
  })

  test('an open connection that says nothing is not live', () => {
    expect(freshness({ connected: true, lostAt: null, lastMessageAt: 0 }, live, 3 * BEAT_MS + 31_000).state).toBe('stale')
  })

  test('kinds that cannot be read while others can are named, and nothing is off', () => {
    const contact = { connected: true, lostAt: null, lastMessageAt: 0 }
    expect(freshness(contact, { state: 'live', lastContact: '1970-01-01T00:00:00Z', degraded: ['IPAddressClaim'] }, 1_000)).toEqual({ state: 'live', degraded: ['IPAddressClaim'] })
    expect(freshness(contact, live, 1_000)).toEqual({ state: 'live' })
  })

  test('the portal says that the management cluster is away: known at once', () => {
    const away = { state: 'away', lastContact: '1970-01-01T00:00:05Z' } as const
    expect(freshness({ connected: true, lostAt: null, lastMessageAt: 9_000 }, away, 9_000)).toEqual({ state: 'stale', since: 5_000, cause: 'management' })
  })
})

test('waits lie between half and the whole of the step', () => {
  expect(delayBefore(0, () => 0)).toBe(500)
  expect(delayBefore(0, () => 1)).toBe(1_000)
  expect(delayBefore(40, () => 1)).toBe(60_000)
})
