import type { z } from 'zod'
import { OFFER_ANNOTATION } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cleanLine } from '@/lib/text'
import { dig, listAt } from '@/server/management/parse/raw'

export type OfferReading<Offer> =
  | { readonly kind: 'offer'; readonly offer: Offer }
  /** No platform admin has said what comes with it. */
  | { readonly kind: 'no-offer' }
  /** It can't be read: for the log, so that the platform admin learns of it. */
  | { readonly kind: 'bad-offer'; readonly name: string; readonly reason: string }

/** The JSON of the annotation `tenantry.dev/offer` (decision 5). */
export function readOffer<Offer>(raw: KubeObject, schema: z.ZodType<Offer>): OfferReading<Offer> {
  const text = raw.metadata.annotations?.[OFFER_ANNOTATION]
  if (text === undefined || text === '') return { kind: 'no-offer' }
  const { name } = raw.metadata
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { kind: 'bad-offer', name, reason: `not JSON: ${cleanLine(error instanceof Error ? error.message : '')}` }
  }
  const offer = schema.safeParse(json)
  if (offer.success) return { kind: 'offer', offer: offer.data }
  const reason = offer.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  return { kind: 'bad-offer', name, reason: cleanLine(reason, 400) }
}

type Labels = Readonly<Record<string, string>>

/**
 * CAPV's rule (pkg/identity/identity.go, validateInputs): no allowedNamespaces is none, an empty selector is all, else the
 * Namespace's labels decide. Of identities CAPV is the judge, and this only offers nothing that it refuses later.
 */
export function isAllowed(allowed: unknown, labels: Labels): boolean {
  if (typeof allowed !== 'object' || allowed === null) return false
  const selector = dig(allowed, 'selector')
  const wanted = dig(selector, 'matchLabels')
  const equal = typeof wanted !== 'object' || wanted === null || Object.entries(wanted).every(([key, value]) => labels[key] === value)
  return equal && listAt(selector, 'matchExpressions').every((expression) => matches(expression, labels))
}

/** As k8s.io/apimachinery LabelSelectorAsSelector; an operator that it would refuse matches nothing. */
function matches(expression: unknown, labels: Labels): boolean {
  const key = dig(expression, 'key')
  if (typeof key !== 'string') return false
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  const values = listAt(expression, 'values')
  switch (dig(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
