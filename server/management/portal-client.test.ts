import { expect, test } from 'vitest'
import { createDiscovery } from '@/server/management/discovery'
import { answer, fakeApi } from '@/server/management/fake-api'
import { createPortalClient, type PortalClient } from '@/server/management/portal-client'

type Answers = Readonly<Record<string, readonly [number, object]>>
const RESOURCES: Answers = {
  '/api/v1': [200, { resources: [{ name: 'secrets' }] }],
  '/apis/apps/v1': [200, { resources: [{ name: 'deployments' }] }],
  '/apis/infrastructure.cluster.x-k8s.io/v1beta2': [200, { resources: [{ name: 'vsphereclusteridentities' }] }],
  '/apis/infrastructure.cluster.x-k8s.io/v1beta2/vsphereclusteridentities/vc': [200, { spec: { secretName: 'vc-secret' } }],
}
const NOW = '/api/v1/namespaces/capv-system/secrets/vc-secret'

async function asked<T>(answers: Answers, run: (client: PortalClient) => Promise<T>): Promise<T> {
  const api = await fakeApi((request, response) => {
    const [code, body] = { ...RESOURCES, ...answers }[(request.url ?? '').split('?')[0] ?? ''] ?? [404, { kind: 'Status', code: 404, message: 'not found' }]
    answer(response, code, body)
  })
  try {
    return await run(createPortalClient(api.transport, createDiscovery(api.transport), 'capv-system'))
  } finally {
    await api.close()
  }
}
const base64 = (text: string) => Buffer.from(text).toString('base64')
const labels = { 'tenantry.dev/add-on': 'cpi' }
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'blue', labels }, data: { 'vsphere.conf': base64('hunter2-hunter2') } }

test('the sign-in of an identity comes with the state of its Secret', async () => {
  const data = { username: base64('svc'), password: base64('pässword') }
  expect(await asked({ [NOW]: [200, { metadata: { uid: 'u', resourceVersion: '7' }, data }] }, ({ signInOf }) => signInOf('vc'))).toEqual({ username: 'svc', password: 'pässword', version: 'u/7' })
})

test.each([
  ['gone', [404, { kind: 'Status', code: 404, message: 'no' }], 'its Secret is gone'],
  ['not readable', [403, { kind: 'Status', code: 403, message: 'forbidden' }], 'tenantry:portal-identities'],
  ['empty', [200, { metadata: { uid: 'u', resourceVersion: '7' } }], 'no username or password'],
] as const)('a Secret that is %s is said, with whom it concerns', async (_, answered, words) => {
  await expect(asked({ [NOW]: [...answered] }, ({ signInOf }) => signInOf('vc'))).rejects.toMatchObject({ view: { code: 'not-ready', message: expect.stringContaining(words) } })
})

test('what the server says of a refused Secret goes nowhere: it may repeat the content', async () => {
  const refusal = { kind: 'Status', code: 422, reason: 'Invalid', message: 'Secret "x" is invalid: data: hunter2-hunter2', details: { causes: [{ field: 'data', message: 'hunter2-hunter2' }] } }
  const error: unknown = await asked({ '/api/v1/namespaces/blue/secrets/x': [422, refusal] }, ({ apply }) => apply(secret)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ view: { code: 'refused', message: 'The management cluster refused the Secret x (Invalid).' } })
  expect(JSON.stringify(error)).not.toContain('hunter2')
})

test('a right that the portal lacks is told as the portal’s, not the person’s', async () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x', namespace: 'blue', labels } }
  await expect(asked({ '/apis/apps/v1/namespaces/blue/deployments/x': [403, { kind: 'Status', code: 403, message: 'deployments.apps "x" is forbidden' }] }, ({ apply }) => apply(deployment))).rejects.toMatchObject({ view: { code: 'refused', message: expect.stringContaining('The portal may not write Deployment x') } })
})

test('what is no add-on is not sent', async () => {
  await expect(asked({}, ({ apply }) => apply({ ...secret, metadata: { name: 'x', namespace: 'blue' } }))).rejects.toThrow('as itself')
  await expect(asked({}, ({ apply }) => apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'blue', labels } }))).rejects.toThrow('as itself')
})

test('of a Secret that Kamaji has left behind its protection alone goes, guarded, and nothing of its content comes back', async () => {
  const sent: unknown[] = []
  const api = await fakeApi((request, response) => {
    if (request.method === 'GET') return answer(response, ...(RESOURCES[request.url ?? ''] ?? [404, {}]))
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => {
      sent.push(request.headers.accept, request.headers['content-type'], JSON.parse(text))
      answer(response, 200, {})
    })
  })
  const metadata = { name: 'x-datastore-config', uid: 'u', resourceVersion: '7', finalizers: ['example.com/keep', 'finalizer.kamaji.clastix.io/datastore-secret'] }
  await createPortalClient(api.transport, createDiscovery(api.transport), 'capv-system').letGoOfDatastoreSecret('blue', { metadata })
  await api.close()
  expect(sent).toEqual([expect.stringContaining('as=PartialObjectMetadata'), 'application/merge-patch+json', { metadata: { uid: 'u', resourceVersion: '7', finalizers: ['example.com/keep'] } }])
})
