import 'server-only'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAppError, type AppError } from '@/lib/errors'
import { recorded } from '@/server/audit/audited'
import type { Database } from '@/server/db/client'
import { endFormer, endOperation, insertOperation, LEASE_MS, NEVER_BEGUN, noteStep, postponeOperation, renewLease, type NewOperation, type OperationEnd, type OperationStep } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { log } from '@/server/log'
import { runtime } from '@/server/runtime'

/** Three in a lease: one that fails costs nothing. */
const BEAT_MS = 5_000

/** A database that was away is asked again sooner than a resume looks for expired leases, for ten minutes. */
const GIVE_UP_MS = 1_000
const GIVE_UP_TRIES = 600

/** Names one process for people who look into the table; each lease adds its own, so that none is renewed in another's place. */
const HOLDER = `${hostname()}:${process.pid}`

const DONE: OperationEnd = { state: 'done', error: null }

/** What becomes of an operation whose act threw. `anew`: it goes as it should and only takes its time. */
export type Ending = OperationEnd | { readonly againInMs: number; readonly error: string | null; readonly anew?: boolean }

/** As much of a lease as writing takes. */
export type Holder = Pick<Lease, 'id' | 'gone' | 'assertHeld' | 'step'>

/** The right to work on one operation, for as long as it is renewed. */
export class Lease {
  /** By the monotonic clock, counted from before the database was asked: never later than the database's own. */
  private until: number
  private lost = false
  private refusal: string | null = null

  /** To be made BEFORE the row is inserted or taken. */
  constructor(
    private readonly db: Database,
    readonly id: string,
    readonly holder = `${HOLDER}:${randomUUID().slice(0, 8)}`,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.until = now() + LEASE_MS
  }

  /**
   * Held, by the database and not by this process's clock. Before anything is written: from here on any replica may go on with it; and before
   * each step of an act that takes hours, which a person may have stopped through another replica.
   * @throws AppError 'not-recorded'; 'conflict' when it was ended meanwhile
   */
  async begin(): Promise<void> {
    await recorded(this.renewedBy(() => renewLease(this.db, this)))
    this.assertHeld()
  }

  /** Called right before each write. @throws AppError 'conflict' once it is gone, or for a look only */
  assertHeld(): void {
    if (this.gone) throw taken()
    if (this.refusal !== null) throw failure('conflict', this.refusal)
  }

  /** From here on nothing may be written: the act finds out what there is, and ends with this reason where something is missing. */
  lookOnly(reason: string): void {
    this.refusal = reason
  }

  get looksOnly(): boolean {
    return this.refusal !== null
  }

  /** @throws AppError 'conflict' when somebody else has it; Error when the database is away */
  async step(step: OperationStep): Promise<void> {
    await this.renewedBy(() => noteStep(this.db, this, step))
    this.assertHeld()
  }

  /** Somebody else may be at work on it by now. */
  get gone(): boolean {
    return this.lost || this.now() >= this.until
  }

  /** Runs the act, keeps the lease alive meanwhile, and writes down how it ended. What the act throws is thrown. */
  async during<Value>(act: () => Promise<Value>, endingOf: (error: unknown) => Ending, done: OperationEnd = DONE): Promise<Value> {
    // A beat that finds the database away changes nothing; the lease runs out by itself.
    const beat = setInterval(() => void this.renewedBy(() => renewLease(this.db, this)).catch(() => undefined), BEAT_MS).unref()
    try {
      const value = await act()
      await this.end(done)
      return value
    } catch (error) {
      await this.end(endingOf(error))
      throw error
    } finally {
      clearInterval(beat)
    }
  }

  private async renewedBy(renew: () => Promise<boolean>): Promise<void> {
    const since = this.now()
    if (await renew()) this.until = since + LEASE_MS
    else this.lost = true
  }

  /** What the database cannot be told stays `running`, and is taken up by a resume: the act is over, and failing now would not undo it. */
  private async end(ending: Ending): Promise<void> {
    try {
      const told = 'state' in ending ? await endOperation(this.db, this, ending) : await postponeOperation(this.db, this, ending.againInMs, ending.error, ending.anew)
      if (!told) log.warn({ event: 'operation.lost', id: this.id }, 'an operation was taken over by another replica, or ended')
    } catch (error) {
      log.error({ event: 'operation.end', id: this.id, err: error }, 'the end of an operation could not be written')
    }
  }
}

/**
 * Runs an act with its Operation row, which exists before the first write. Where the row cannot be written the act does not happen.
 * When this process dies, any replica finds the lease expired and goes on (server/operations/resume.ts).
 * @param ends what becomes of it when the act throws
 * @throws AppError 'name-taken' when a create of that name is unfinished, or a pool of that name is being added; 'conflict' when an upgrade
 * of that cluster is;
 * 'not-recorded'; whatever the act throws
 */
export async function withOperation<Value>(row: NewOperation, act: (lease: Lease) => Promise<Value>, ends: (error: unknown) => Ending = endingOf): Promise<Value> {
  const { db, live } = runtime()
  const lease = new Lease(db, row.id)
  const namespaceUid = live.tenantUid(row.tenant)
  const untold = (error: unknown): never => {
    // The database may have done what it did not answer. The person is told that nothing happens, so nothing may.
    void giveUp(db, lease)
    throw error
  }
  const insert = (): Promise<boolean> => recorded(insertOperation(db, { ...row, namespaceUid }, lease.holder)).catch(untold)
  const free = (await insert()) || (namespaceUid !== null && (await recorded(endFormer(db, row.tenant, namespaceUid))) > 0 && (await insert()))
  if (!free && row.kind === 'upgrade') throw failure('conflict', `An upgrade of ${row.cluster} is under way or paused. Look at it first.`)
  if (!free && row.kind === 'add') throw failure('name-taken', ADDING, { fields: { name: ADDING } })
  if (!free) {
    const sentence = `A create of ${row.cluster} is under way or was interrupted. Continue or remove it first.`
    throw failure('name-taken', sentence, { fields: { name: sentence } })
  }
  await lease.begin().catch(untold)
  return lease.during(() => act(lease), ends)
}

/** Ends it as soon as the database answers: before anybody finds its lease expired. What was never begun is ended without it too. */
async function giveUp(db: Database, lease: Lease): Promise<void> {
  for (let attempt = 0; attempt < GIVE_UP_TRIES; attempt++) {
    try {
      return void (await endOperation(db, lease, { state: 'failed', error: NEVER_BEGUN }))
    } catch {
      await sleep(GIVE_UP_MS, undefined, { ref: false })
    }
  }
}

/** The person who asked is there and was told: what they were refused is not tried again behind their back. */
export const endingOf = (error: unknown): OperationEnd => ({ state: isAppError(error) && error.view.code === 'interrupted' ? 'interrupted' : 'failed', error: reasonOf(error) })

/** In one sentence: of what stopped in the middle, what stopped it. */
export function reasonOf(error: unknown): string {
  const cause = rootOf(error)
  return isAppError(cause) ? cause.view.message : 'The portal failed.'
}

/** What stopped an act, whether or not something had been written before. */
export const rootOf = (error: unknown): unknown => (isAppError(error) && error.view.code === 'interrupted' && error.cause !== undefined ? error.cause : error)

const ADDING = 'A pool of this name is being added at this moment. Choose another name, or look at that one.'

const taken = (): AppError => failure('conflict', 'This portal no longer works on it: another replica goes on with it, or the cluster was deleted. Its page shows how far it is.')
