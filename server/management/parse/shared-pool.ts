import { poolOffer, type SharedPoolOption } from '@/lib/ip-pool/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { isAllowed, readOffer } from '@/server/management/parse/offer'
import type { OptionReading } from '@/server/management/parse/identity'
import { dig, isDeleting, numberAt } from '@/server/management/parse/raw'

/** A GlobalInClusterIPPool as the create form of a tenant shows it. */
export function sharedPoolOption(raw: KubeObject, namespaceLabels: Readonly<Record<string, string>>): OptionReading<SharedPoolOption> {
  if (isDeleting(raw)) return { kind: 'not-allowed' }
  const reading = readOffer(raw, poolOffer)
  if (reading.kind !== 'offer') return reading
  const { allowedNamespaces, nameservers, network } = reading.offer
  if (!isAllowed(allowedNamespaces, namespaceLabels)) return { kind: 'not-allowed' }
  const counts = dig(raw, 'status', 'ipAddresses')
  return { kind: 'offered', option: { name: raw.metadata.name, nameservers, network: network ?? null, total: numberAt(counts, 'total') ?? 0, free: numberAt(counts, 'free') ?? 0 } }
}
