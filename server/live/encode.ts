import 'server-only'
import type { LiveMessage, LiveView, Removal } from '@/lib/live/event'

/** One change of a tenant's state; removals and upserts of the same id replace each other. */
export type Change = { readonly id: string; readonly upsert: LiveView } | { readonly id: string; readonly remove: Removal }

/** A change as JSON: made once and written to many. */
export interface Piece {
  readonly id: string
  readonly json: string
  readonly removes: boolean
}

/** One SSE event: its name is the message's type, its data the rest as one line of JSON. */
export const encode = ({ type, ...rest }: LiveMessage, id: string | null): Uint8Array => event(type, id, JSON.stringify(rest))

export const pieceOf = (change: Change): Piece =>
  'upsert' in change ? { id: change.id, json: JSON.stringify(change.upsert), removes: false } : { id: change.id, json: JSON.stringify(change.remove), removes: true }

/** The message `changes` of these; the same bytes as `encode` would give for their views. */
export function encodePieces(pieces: Iterable<Piece>, id: string): Uint8Array {
  const upserts: string[] = []
  const removes: string[] = []
  for (const { json, removes: gone } of pieces) (gone ? removes : upserts).push(json)
  return event('changes', id, `{"upserts":[${upserts.join(',')}],"removes":[${removes.join(',')}]}`)
}

/** When to come back, in ms: everybody would at once unless told. */
export const encodeRetry = (ms: number): Uint8Array => Buffer.from(`retry: ${Math.round(ms)}\n\n`)

const event = (type: string, id: string | null, data: string): Uint8Array => Buffer.from(`event: ${type}\n${id === null ? '' : `id: ${id}\n`}data: ${data}\n\n`)
