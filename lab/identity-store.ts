/** What the identity provider remembers (sessions, grants, codes), in one file: a restart of the lab signs nobody out. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

interface Stored {
  payload: Record<string, unknown> & { grantId?: string; uid?: string; consumed?: number }
  /** Milliseconds since the epoch. */
  expires: number
}

export class IdentityStore {
  readonly #entries: Map<string, Stored>
  #writing: NodeJS.Timeout | undefined

  constructor(readonly file: string) {
    this.#entries = new Map(Object.entries(read(file)))
  }

  /** What oidc-provider asks for, once for each kind of thing. */
  adapterFor(kind: string) {
    const key = (id: string) => `${kind}:${id}`
    return {
      upsert: async (id: string, payload: Stored['payload'], seconds?: number) =>
        this.set(key(id), { payload, expires: seconds === undefined ? Number.MAX_SAFE_INTEGER : Date.now() + seconds * 1000 }),
      find: async (id: string) => this.get(key(id)),
      findByUid: async (uid: string) => this.search(`${kind}:`, (payload) => payload.uid === uid),
      findByUserCode: async () => undefined,
      consume: async (id: string) => this.consume(key(id)),
      destroy: async (id: string) => this.delete(key(id)),
      revokeByGrantId: async (grantId: string) => this.deleteWhere((payload) => payload.grantId === grantId),
    }
  }

  set(key: string, value: Stored): void {
    this.#entries.set(key, value)
    this.#save()
  }

  get(key: string): Stored['payload'] | undefined {
    const found = this.#entries.get(key)
    return found !== undefined && found.expires > Date.now() ? found.payload : undefined
  }

  search(prefix: string, matches: (payload: Stored['payload']) => boolean): Stored['payload'] | undefined {
    for (const [key, { payload, expires }] of this.#entries) if (key.startsWith(prefix) && expires > Date.now() && matches(payload)) return payload
    return undefined
  }

  consume(key: string): void {
    const found = this.#entries.get(key)
    if (found === undefined) return
    found.payload.consumed = Math.floor(Date.now() / 1000)
    this.#save()
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#save()
  }

  deleteWhere(matches: (payload: Stored['payload']) => boolean): void {
    for (const [key, { payload }] of this.#entries) if (matches(payload)) this.delete(key)
  }

  /** Writes what is not yet written. */
  flush(): void {
    clearTimeout(this.#writing)
    this.#writing = undefined
    const now = Date.now()
    for (const [key, { expires }] of this.#entries) if (expires <= now) this.#entries.delete(key)
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 })
    writeFileSync(`${this.file}.tmp`, JSON.stringify(Object.fromEntries(this.#entries)), { mode: 0o600 })
    renameSync(`${this.file}.tmp`, this.file)
  }

  /** Gathered: a sign-in alone makes a dozen changes. */
  #save(): void {
    this.#writing ??= setTimeout(() => this.flush(), 200).unref()
  }
}

function read(file: string): Record<string, Stored> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Stored>
  } catch {
    // Absent at first; and what can't be read only means that people sign in again.
    return {}
  }
}
