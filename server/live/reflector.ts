import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '@/lib/kubernetes/object'
import { backoff } from '@/server/live/backoff'
import { log } from '@/server/log'
import type { KindName } from '@/server/management/kinds'
import { isStatusError, StatusError } from '@/server/management/status'
import type { SystemClient, WatchEvent } from '@/server/management/system-client'

/** Where a kind's objects go. A handler that throws is counted; neither the watch nor the process ends by it. */
export interface ReflectorSink {
  readonly upsert: (kind: KindName, object: KubeObject) => void
  readonly remove: (kind: KindName, object: KubeObject) => void
}

/** Counters of one reflector, for health and metrics. */
export interface ReflectorState {
  readonly kind: KindName
  synced: boolean
  /** The CRD is not installed. */
  absent: boolean
  /** Lists or watches that failed in a row; 0 while it works. */
  failures: number
  /** What the last failure was answered with, 0 for no answer; null while it works. */
  lastCode: number | null
  lastContact: Date | null
  /** The last time the API server said up to where a quiet kind is known. */
  lastBookmark: Date | null
  /** Pages asked for, watches opened, lists that came to their end. */
  lists: number
  watches: number
  relists: number
  events: number
  /** Lists and watches that failed, and handlers that threw. */
  errors: number
  handlerErrors: number
  /** Kept now. */
  objects: number
}

export interface ReflectorOptions {
  readonly kind: KindName
  readonly client: Pick<SystemClient, 'list' | 'watch' | 'forget'>
  readonly sink: ReflectorSink
  /** Makes the object small before it is kept; null: nobody wants it. */
  readonly trim: (object: KubeObject) => KubeObject | null
  readonly signal: AbortSignal
  readonly idleMs?: number
  readonly absentMs?: number
  readonly random?: () => number
}

export interface Reflector {
  readonly state: ReflectorState
  /** Ends a wait between tries, unless the API server asked for it. */
  readonly wake: () => void
  /** Begins anew what has heard nothing since then: a connection that was lost silently never says so. Goes on from where it was. */
  readonly renew: (silentSince: Date) => void
  readonly done: Promise<void>
}

/**
 * A page is parsed in one go: 150 Machines of 10 KB are some 6 ms in which no stream is served. No resourceVersion goes with it: a
 * list with a limit and without one is the latest and comes in pages; with 0 the API server may ignore the limit and send all.
 */
const PAGE = 150
const VERSION_REFUSED: ReadonlySet<number> = new Set([400, 504])

/** Keeps a copy of every object of a kind, until the signal. List, then watch from there; whatever fails is tried again. */
export function startReflector(options: ReflectorOptions): Reflector {
  const { kind, client, sink, trim, signal, idleMs = 100_000, absentMs = 15_000, random = Math.random } = options
  const state: ReflectorState = {
    kind, synced: false, absent: false, failures: 0, lastCode: null, lastContact: null, lastBookmark: null, lists: 0, watches: 0, relists: 0, events: 0, errors: 0, handlerErrors: 0, objects: 0,
  }
  const known = new Map<string, KubeObject>()
  let wake = (): void => undefined
  /** Of the list or watch that is under way. */
  let attempt = new AbortController()

  const contact = (): void => {
    state.lastContact = new Date()
    state.failures = 0
    state.lastCode = null
  }
  const safely = (handle: () => void): void => {
    try {
      handle()
    } catch (error) {
      state.handlerErrors++
      log.error({ event: 'live.handler', kind, err: error }, 'a handler of the live cache threw')
    }
  }
  const keep = (object: KubeObject): void =>
    safely(() => {
      const trimmed = trim(object)
      if (trimmed === null) return drop(uidOf(object))
      known.set(uidOf(object), trimmed)
      state.objects = known.size
      sink.upsert(kind, trimmed)
    })
  const drop = (uid: string): void => {
    const object = known.get(uid)
    known.delete(uid)
    state.objects = known.size
    if (object) safely(() => sink.remove(kind, object))
  }

  /** @returns the version to watch from, or null when the kind is absent */
  const relist = async (within: AbortSignal): Promise<string | null> => {
    const seen = new Set<string>()
    const ask = (continueToken: string | null): ReturnType<SystemClient['list']> => {
      state.lists++
      const asked = client.list(kind, { limit: PAGE, continueToken, signal: within })
      asked.catch(() => undefined) // told where it is awaited
      return asked
    }
    let version = ''
    for (let asked: ReturnType<SystemClient['list']> | null = ask(null); asked !== null; ) {
      const page: Awaited<ReturnType<SystemClient['list']>> = await asked
      within.throwIfAborted()
      if (page === null) return null
      // The next page is on its way while this one is handled.
      asked = page.continueToken === null ? null : ask(page.continueToken)
      for (const object of page.items) {
        const uid = uidOf(object)
        seen.add(uid)
        if (known.get(uid)?.metadata.resourceVersion !== object.metadata.resourceVersion) keep(object)
      }
      version = page.resourceVersion
      // No end to the failures yet: a list whose second page fails each time would begin anew without a wait.
      state.lastContact = new Date()
    }
    // Only now, when every page has come: a list that was cut says nothing of what it did not get to.
    // What went away while nobody watched: no event will ever say so.
    for (const uid of [...known.keys()]) if (!seen.has(uid)) drop(uid)
    contact()
    state.relists++
    state.synced = true
    return version
  }

  /** Where to watch on from; null: list first. Moves with each event, so that a cut line goes on where it was cut. */
  let version: string | null = null
  /** 410s in a row. */
  let expired = 0

  /** Watches until the API server ends it. */
  const watch = async (from: string, within: AbortSignal): Promise<void> => {
    const timeoutSeconds = Math.round(300 + random() * 300)
    state.watches++
    for await (const event of client.watch(kind, { resourceVersion: from, timeoutSeconds, idleMs, onOpen: contact, signal: within })) {
      within.throwIfAborted()
      if (event.type === 'ERROR') throw errorOf(event)
      contact()
      expired = 0
      state.events++
      version = event.object.metadata.resourceVersion ?? version
      if (event.type === 'BOOKMARK') state.lastBookmark = new Date()
      else if (event.type === 'DELETED') drop(uidOf(event.object))
      else keep(event.object)
    }
    contact()
  }

  const pause = async (ms: number, mayWake: boolean): Promise<void> => {
    const woken = new AbortController()
    if (mayWake) wake = () => woken.abort()
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined)
    wake = () => undefined
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      attempt = new AbortController()
      const within = AbortSignal.any([signal, attempt.signal])
      try {
        if (version === null) version = await relist(within)
        state.absent = version === null
        if (version === null) {
          state.synced = true
          state.failures = 0
          for (const uid of [...known.keys()]) drop(uid)
          client.forget(kind)
          await pause(absentMs, true)
          continue
        }
        const started = Date.now()
        await watch(version, within)
        // A proxy that answers each watch with an empty 200 would otherwise be asked thousands of times a second.
        if (Date.now() - started < 1_000) await pause(backoff(0, null, random), true)
      } catch (error) {
        if (signal.aborted) return
        // Silence is no failure of its own: a kind in which nothing happens may get no bookmarks for minutes. Opened anew at
        // once; when the line was dead, that is what fails.
        if (isIdle(error) || (attempt.signal.aborted && !isStatusError(error))) continue
        const code = isStatusError(error) ? error.code : 0
        state.errors++
        state.lastCode = code
        // One 410 is ordinary life, also after an outage: the API server answers, and a relist is due at once.
        expired = code === 410 ? expired + 1 : 0
        if (code === 410) version = null
        if (code === 404) {
          version = null
          client.forget(kind)
        }
        state.failures = expired === 1 ? 0 : state.failures + 1
        // Refused for the version itself: 504 "Too large resource version" after the cluster was restored from a backup.
        if (VERSION_REFUSED.has(code) && state.failures >= 2) version = null
        const retryAfter = isStatusError(error) ? error.retryAfterMs : null
        const wait = expired === 1 ? random() * 500 : backoff(state.failures, retryAfter, random)
        log.warn({ event: 'live.watch', kind, code, failures: state.failures, waitMs: Math.round(wait), reason: reasonOf(error) }, 'watch ended')
        await pause(wait, retryAfter === null)
      }
    }
  }

  const renew = (silentSince: Date): void => {
    if (state.lastContact !== null && state.lastContact < silentSince) attempt.abort()
  }
  return { state, wake: () => wake(), renew, done: run() }
}

const uidOf = (object: KubeObject): string => object.metadata.uid ?? `${object.metadata.namespace ?? ''}/${object.metadata.name}`

const isIdle = (error: unknown): boolean => (error as { code?: unknown }).code === 'UND_ERR_BODY_TIMEOUT'

/** An ERROR event carries a Status in place of an object. */
function errorOf(event: WatchEvent): StatusError {
  const status = event.object as unknown as { code?: number; message?: string; reason?: string }
  return new StatusError(status.code ?? (status.reason === 'Expired' ? 410 : 500), { ...status }, null)
}

function reasonOf(error: unknown): string {
  const text = (error as { view?: { detail?: string } }).view?.detail ?? (error instanceof Error ? error.message : String(error))
  return text.slice(0, 200)
}
