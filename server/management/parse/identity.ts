import { type IdentityOption, vsphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { isAllowed, readOffer } from '@/server/management/parse/offer'
import { dig, isDeleting } from '@/server/management/parse/raw'

export type OptionReading<Option> =
  | { readonly kind: 'offered'; readonly option: Option }
  /** Not for this Namespace, or being deleted. */
  | { readonly kind: 'not-allowed' }
  /** Allowed, but no platform admin has said what comes with it. */
  | { readonly kind: 'no-offer' }
  /** The offer can't be read: for the log, so that the platform admin learns of it. */
  | { readonly kind: 'bad-offer'; readonly name: string; readonly reason: string }

/** A VSphereClusterIdentity as the create form of a tenant shows it. */
export function identityOption(raw: KubeObject, namespaceLabels: Readonly<Record<string, string>>): OptionReading<IdentityOption> {
  if (isDeleting(raw) || !isAllowed(dig(raw, 'spec', 'allowedNamespaces'), namespaceLabels)) return { kind: 'not-allowed' }
  const reading = readOffer(raw, vsphereOffer)
  return reading.kind === 'offer' ? { kind: 'offered', option: { name: raw.metadata.name, offer: reading.offer } } : reading
}
