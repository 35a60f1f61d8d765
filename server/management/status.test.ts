import { expect, test } from 'vitest'
import type { AppError } from '@/lib/errors'
import { fieldOf } from '@/server/clusters/fields'
import { createDiscovery } from '@/server/management/discovery'
import { answer, fakeApi } from '@/server/management/fake-api'
import { StatusError, toAppError, type KubeStatus } from '@/server/management/status'
import { createUserClient } from '@/server/management/user-client'

const told = (code: number, status: KubeStatus) => (toAppError(new StatusError(code, status, null), 'Cluster blue-1', fieldOf) as AppError).view

test('403 is the person’s lack of a right', () => {
  expect(told(403, { message: 'clusters is forbidden' })).toMatchObject({ code: 'forbidden', detail: 'clusters is forbidden' })
})

test('403 of a webhook is a rule about the object, with the webhook’s own sentence', () => {
  const view = told(403, { message: 'admission webhook "v.cluster" denied the request: name is too long' })
  expect(view).toMatchObject({ code: 'refused', message: 'The management cluster refused Cluster blue-1: name is too long' })
})

test('422 marks the fields of the form', () => {
  const view = told(422, {
    message: 'InClusterIPPool "blue-1" is invalid',
    details: { kind: 'InClusterIPPool', causes: [{ field: 'spec.addresses[0]', message: 'not an address' }, { field: 'spec.nothing', message: 'x' }] },
  })
  expect(view).toMatchObject({ code: 'refused', fields: { 'addresses.range': 'not an address' } })
})

test('a policy that is not loaded yet says nothing about the object; one without the objects that it goes by does', () => {
  const denied = (why: string) => told(422, { reason: 'Invalid', message: `vsphereclusters.infrastructure.cluster.x-k8s.io "x" is forbidden: ValidatingAdmissionPolicy 'tenantry-vcenter' denied request: failed to configure ${why}` }).code
  expect(denied("policy: failed to find resource referenced by paramKind: 'infrastructure.cluster.x-k8s.io/v1beta1, Kind=VSphereClusterIdentity'")).toBe('management-away')
  expect(denied('binding: paramKind kind `VSphereClusterIdentity` not yet synced to use for admission')).toBe('management-away')
  expect(denied('binding: no params found for policy binding with `Deny` parameterNotFoundAction')).toBe('refused')
})

test('409 of server-side apply names owner and field', () => {
  const causes = [{ reason: 'FieldManagerConflict', field: '.spec.replicas', message: 'conflict with "kubectl" using apps/v1' }]
  expect(told(409, { reason: 'Conflict', details: { causes } })).toMatchObject({ code: 'conflict', message: expect.stringContaining('.spec.replicas (kubectl)') })
})

test('409 AlreadyExists is a taken name, 404 not found, 500 an absent management cluster', () => {
  expect(told(409, { reason: 'AlreadyExists' }).code).toBe('name-taken')
  expect(told(404, {}).code).toBe('not-found')
  expect(told(500, { message: 'failed calling webhook' }).code).toBe('management-away')
})

test('a closed port is a management cluster that is away', async () => {
  const { transport, close } = await fakeApi(() => undefined)
  await close()
  const client = createUserClient(transport, createDiscovery(transport), { user: 'oidc:ada', groups: [] })
  await expect(client.get('Cluster', 'a', 'b')).rejects.toMatchObject({ view: { code: 'management-away' } })
})

test('429 is waited for as long as the API server asks, then tried again', async () => {
  let asked = 0
  const { transport, close } = await fakeApi((request, response) => {
    if (request.url?.endsWith('/v1beta2')) return answer(response, 200, { resources: [{ name: 'clusters' }] })
    if (++asked === 1) return answer(response, 429, { kind: 'Status', message: 'slow down' }, { 'Retry-After': '1' })
    answer(response, 200, { metadata: { name: 'b' } })
  })
  const started = Date.now()
  await createUserClient(transport, createDiscovery(transport), { user: 'oidc:ada', groups: [] }).get('Cluster', 'a', 'b')
  await close()
  expect(Date.now() - started).toBeGreaterThanOrEqual(950)
  expect(asked).toBe(2)
})
