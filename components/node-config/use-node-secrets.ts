'use client'
import { useState } from 'react'
import type { TypedSecrets } from '@/lib/node-config/secrets'
import { PROXY_KEY } from '@/lib/node-config/secrets'
import type { SecretRef } from '@/lib/node-config/spec'

/** What was typed for the machines' Secret: in this page's memory alone, never in a draft. */
export interface NodeSecrets {
  readonly typed: TypedSecrets | null
  readonly value: (ref: SecretRef | null) => string
  readonly proxy: { readonly user: string; readonly password: string } | null
  /** Holds the text for a key, a new one where none is given. @returns where the machine will find it */
  readonly put: (text: string, ref: SecretRef | null) => SecretRef
  readonly putProxy: (proxy: { user: string; password: string } | null) => SecretRef
  readonly clear: () => void
}

const SIGNS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const random = (length: number): string => [...crypto.getRandomValues(new Uint8Array(length))].map((byte) => SIGNS[byte % SIGNS.length]).join('')
/** At the first word that is typed: a name that is made while rendering would differ between server and browser. */
const begun = (): TypedSecrets => ({ name: `node.tenantry-${random(12)}`, proxy: null, values: {} })

export function useNodeSecrets(): NodeSecrets {
  const [typed, setTyped] = useState<TypedSecrets | null>(null)
  const own = (ref: SecretRef | null): ref is SecretRef => ref !== null && typed !== null && ref.name === typed.name
  return {
    typed,
    value: (ref) => (own(ref) ? (typed?.values[ref.key] ?? '') : ''),
    proxy: typed?.proxy ?? null,
    put: (text, ref) => {
      const held = typed ?? begun()
      const key = own(ref) ? ref.key : `v-${random(8)}`
      setTyped({ ...held, values: { ...held.values, [key]: text } })
      return { name: held.name, key }
    },
    putProxy: (proxy) => {
      const held = typed ?? begun()
      setTyped({ ...held, proxy })
      return { name: held.name, key: PROXY_KEY }
    },
    clear: () => setTyped(null),
  }
}
