import { type IdentityOption, OFFER_ANNOTATION, vsphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cleanLine } from '@/lib/text'
import { dig, isDeleting, listAt } from '@/server/management/parse/raw'

export type IdentityReading =
  | { readonly kind: 'offered'; readonly option: IdentityOption }
  /** Not for this Namespace, or being deleted. */
  | { readonly kind: 'not-allowed' }
  /** Allowed, but no platform admin has said what comes with it. */
  | { readonly kind: 'no-offer' }
  /** The offer can't be read: for the log, so that the platform admin learns of it. */
  | { readonly kind: 'bad-offer'; readonly identity: string; readonly reason: string }

type Labels = Readonly<Record<string, string>>

/** A VSphereClusterIdentity as the create form of a tenant shows it. */
export function identityOption(raw: KubeObject, namespaceLabels: Labels): IdentityReading {
  if (isDeleting(raw) || !isAllowed(dig(raw, 'spec', 'allowedNamespaces'), namespaceLabels)) return { kind: 'not-allowed' }
  const text = raw.metadata.annotations?.[OFFER_ANNOTATION]
  if (text === undefined || text === '') return { kind: 'no-offer' }
  const identity = raw.metadata.name
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { kind: 'bad-offer', identity, reason: `not JSON: ${cleanLine(error instanceof Error ? error.message : '')}` }
  }
  const offer = vsphereOffer.safeParse(json)
  if (offer.success) return { kind: 'offered', option: { name: identity, offer: offer.data } }
  const reason = offer.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  return { kind: 'bad-offer', identity, reason: cleanLine(reason, 400) }
}

/**
 * CAPV's rule (pkg/identity/identity.go, validateInputs): no allowedNamespaces is none, an empty selector is all, else the
 * Namespace's labels decide. Checked here only to offer nothing that CAPV refuses later; CAPV is the judge.
 */
function isAllowed(allowed: unknown, labels: Labels): boolean {
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
