import { expect, test } from 'vitest'
import { OFFER_ANNOTATION } from '@/lib/identity/offer'
import { raw } from '@/server/management/parse/fixtures'
import { zoneOption } from '@/server/management/parse/zone'

const INFRA = 'infrastructure.cluster.x-k8s.io/v1beta2'
const domain = raw(INFRA, 'VSphereFailureDomain', 'a', { spec: { topology: { datacenter: 'dc', computeCluster: 'c1', datastore: 'ssd' } } })
const zone = (status: Record<string, unknown> = {}, metadata = {}) => raw(INFRA, 'VSphereDeploymentZone', 'zone-a', { metadata, spec: { server: 'vc', failureDomain: 'a', placementConstraint: { resourcePool: '/dc/host/c1/Resources' } }, status })
const read = (status: Record<string, unknown> | undefined, failureDomain: typeof domain | null = domain) => {
  const reading = zoneOption(zone(status), failureDomain, {})
  return reading.kind === 'offered' ? reading.option : expect.fail(reading.kind)
}

test('a zone is told with what it puts in the place of the machine’s own fields', () => {
  expect(read({ ready: true })).toEqual({ name: 'zone-a', server: 'vc', notReady: null, puts: { datacenter: 'dc', resourcePool: '/dc/host/c1/Resources', folder: null, datastore: 'ssd', networks: [] } })
})

test('one that CAPV has not found ready says why', () => {
  expect(read({ ready: false, conditions: [{ type: 'FailureDomainValidated', status: 'False', reason: 'ComputeClusterNotFound', message: 'compute cluster c1 not found', lastTransitionTime: '2026-01-01T00:00:00Z' }] }).notReady).toContain('compute cluster c1 not found')
  expect(read(undefined).notReady).toMatch(/has not checked it yet/)
  expect(read({ ready: true }, null).notReady).toBe('Its VSphereFailureDomain a does not exist.')
})

test('an annotation keeps a zone to the Namespaces that it names', () => {
  const kept = (labels: Record<string, string>) => zoneOption(zone({ ready: true }, { annotations: { [OFFER_ANNOTATION]: '{"allowedNamespaces":{"selector":{"matchLabels":{"team":"blue"}}}}' } }), domain, labels).kind
  expect([kept({ team: 'blue' }), kept({ team: 'green' })]).toEqual(['offered', 'not-allowed'])
  expect(zoneOption(zone({ ready: true }, { deletionTimestamp: '2026-01-01T00:00:00Z' }), domain, {}).kind).toBe('not-allowed')
})
