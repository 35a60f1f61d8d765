import { expect, test } from 'vitest'
import { OFFER_ANNOTATION } from '@/lib/identity/offer'
import { raw } from '@/server/management/parse/fixtures'
import { sharedPoolOption } from '@/server/management/parse/shared-pool'

const pool = (offer: unknown, metadata = {}) =>
  raw('ipam.cluster.x-k8s.io/v1alpha2', 'GlobalInClusterIPPool', 'nodes', { metadata: { ...metadata, ...(offer === undefined ? {} : { annotations: { [OFFER_ANNOTATION]: typeof offer === 'string' ? offer : JSON.stringify(offer) } }) }, spec: { addresses: ['10.0.0.0/24'] }, status: { ipAddresses: { total: 200, used: 5, free: 195 } } })
const read = (offer: unknown, labels: Record<string, string> = { team: 'blue' }) => sharedPoolOption(pool(offer), labels)

test('a shared pool is offered only by its annotation, to the Namespaces that it names', () => {
  expect(read({ allowedNamespaces: {}, nameservers: ['10.0.0.2'] })).toEqual({ kind: 'offered', option: { name: 'nodes', nameservers: ['10.0.0.2'], network: null, total: 200, free: 195 } })
  expect(read({ allowedNamespaces: { selector: { matchLabels: { team: 'blue' } } }, nameservers: ['10.0.0.2'], network: 'vlan-40' })).toMatchObject({ kind: 'offered', option: { network: 'vlan-40' } })
  expect(read({ allowedNamespaces: { selector: { matchLabels: { team: 'green' } } }, nameservers: ['10.0.0.2'] }).kind).toBe('not-allowed')
  expect(read(undefined).kind).toBe('no-offer')
  expect(sharedPoolOption(pool({ allowedNamespaces: {}, nameservers: ['10.0.0.2'] }, { deletionTimestamp: '2026-11-21T14:00:00Z' }), {}).kind).toBe('not-allowed')
})

test('an offer without DNS servers or with another shape is told to the log', () => {
  expect(read({ allowedNamespaces: {}, nameservers: [] })).toMatchObject({ kind: 'bad-offer', name: 'nodes', reason: expect.stringContaining('nameservers') as string })
  expect(read('{')).toMatchObject({ kind: 'bad-offer', reason: expect.stringContaining('not JSON') as string })
})
