import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '@/lib/live/event'
import type { Reflector } from '@/server/live/reflector'
import { log } from '@/server/log'
import type { KindName } from '@/server/management/kinds'
import { isStatusError } from '@/server/management/status'
import type { SystemClient } from '@/server/management/system-client'

/** Without these a page would show an old world as the present one. */
export const KEY_KINDS: readonly KindName[] = ['Namespace', 'Cluster', 'MachineDeployment', 'Machine']
const FAILURES = 2

export interface HealthWatch {
  readonly now: () => Health
  /** It answered before and does not now; a start is no loss. */
  readonly lost: () => boolean
}

/** Says whether the management cluster answers: by a cheap question every few seconds, and by the watches of the key kinds. */
export function watchHealth(options: {
  readonly client: Pick<SystemClient, 'probe' | 'renew'>
  readonly reflectors: readonly Reflector[]
  readonly onChange: (health: Health) => void
  readonly signal: AbortSignal
  readonly everyMs?: number
}): HealthWatch {
  const { client, reflectors, onChange, signal, everyMs = 5_000 } = options
  let failedProbes = 0
  let lastProbe: Date | null = null
  let away = true // until the first answer
  /** Since when connections may have died without a word; null once the key kinds were heard again. */
  let silentSince: Date | null = null
  let everLive = false

  const key = reflectors.filter(({ state }) => KEY_KINDS.includes(state.kind))
  const contact = (): string | null => {
    const times = [lastProbe, ...key.map(({ state }) => state.lastContact)].filter((at) => at !== null)
    return times.length === 0 ? null : new Date(Math.max(...times.map(Number))).toISOString()
  }
  /** Kinds beside the key ones that cannot be read, by name: what they show is old, and all else goes on. */
  const degraded = (): readonly KindName[] => reflectors.flatMap(({ state }) => (KEY_KINDS.includes(state.kind) || (state.synced && state.failures < FAILURES) ? [] : [state.kind])).sort()
  let toldDegraded = ''
  const now = (): Health => {
    const lastContact = contact()
    const kinds = degraded()
    const partly = kinds.length > 0 ? { degraded: kinds } : {}
    return away || lastContact === null ? { state: 'away', lastContact, ...partly } : { state: 'live', lastContact, ...partly }
  }
  const judge = (): void => {
    if (key.every(({ state }) => silentSince === null || state.absent || (state.lastContact ?? 0) >= silentSince)) silentSince = null
    // The probe answers over a new connection before the watches do over theirs: what they show is old until then.
    const deaf = away && silentSince !== null
    const failing = deaf || failedProbes >= FAILURES || key.some(({ state }) => state.failures >= FAILURES || !state.synced)
    const kinds = degraded().join(', ')
    if (failing === away && kinds === toldDegraded) return
    if (failing !== away) log.info({ event: 'live.health', state: failing ? 'away' : 'live' }, failing ? 'the management cluster is away' : 'the management cluster answers')
    if (kinds !== toldDegraded) log.info({ event: 'live.degraded', kinds }, kinds === '' ? 'every kind is read' : 'some kinds cannot be read')
    away = failing
    toldDegraded = kinds
    everLive ||= !away
    onChange(now())
  }
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const asked = new Date()
      try {
        await client.probe(signal)
        // Back after a gap: reflectors in a long wait may go on at once.
        if (failedProbes > 0) for (const reflector of reflectors) reflector.wake()
        // A NAT or balancer that lost its table tells nobody: watches from before would stay silent until their watchdog.
        if (failedProbes > 0 && silentSince !== null) for (const reflector of reflectors) reflector.renew(silentSince)
        failedProbes = 0
        lastProbe = new Date()
      } catch (error) {
        failedProbes++
        if (!isStatusError(error)) {
          silentSince ??= asked
          client.renew()
        }
      }
      if (signal.aborted) return
      judge()
      // Faster while away, and fastest at the start: people wait for it.
      await sleep(away ? Math.min(everyMs, everLive ? 1_000 : 200) : everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
  void run()
  return { now, lost: () => everLive && away }
}
