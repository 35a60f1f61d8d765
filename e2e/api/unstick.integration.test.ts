import type { CustomObjectsApi } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admin } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'

/** What the API server lets a tenant admin change of objects that the controllers own (chart/rbac/unstick-policy.yaml). */
const lab = admin()
let tenant: string
let bea: CustomObjectsApi
let vic: CustomObjectsApi

const machines = { group: 'cluster.x-k8s.io', version: 'v1beta2', plural: 'machines' }
const vms = { group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vspherevms' }
const HOOK = 'pre-drain.delete.hook.machine.cluster.x-k8s.io/e2e'
const KEEP = 'example.com/keep'
const SKIP = '/metadata/annotations/machine.cluster.x-k8s.io~1exclude-node-draining'

const patch = (api: CustomObjectsApi, of: typeof machines, op: 'add' | 'replace' | 'remove', path: string, value?: unknown) =>
  api.patchNamespacedCustomObject({ ...of, namespace: tenant, name: 'stuck', body: [{ op, path, ...(value === undefined ? {} : { value }) }] })

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: 'bea@tenantry.example', role: 'tenant-admin' }, { email: 'vic@tenantry.example', role: 'tenant-viewer' }])
  bea = lab.as('oidc:bea@tenantry.example')
  vic = lab.as('oidc:vic@tenantry.example')
  const metadata = { name: 'stuck', finalizers: [KEEP], annotations: { [HOOK]: 'e2e', 'example.com/own': 'yes' }, labels: { 'cluster.x-k8s.io/cluster-name': 'none' } }
  await lab.custom.createNamespacedCustomObject({
    ...machines, namespace: tenant,
    body: { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine', metadata, spec: { clusterName: 'none', bootstrap: { dataSecretName: 'none' }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'VSphereMachine', name: 'none' } } },
  })
  await lab.custom.createNamespacedCustomObject({
    ...vms, namespace: tenant,
    body: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'VSphereVM', metadata: { ...metadata, annotations: { 'cluster.x-k8s.io/paused': '' } }, spec: { server: 'vc.invalid', template: 'none', network: { devices: [{ networkName: 'n', dhcp4: true }] } } },
  })
})
afterAll(async () => {
  for (const of of [machines, vms]) {
    // A test may have removed it already.
    await lab.custom.deleteNamespacedCustomObject({ ...of, namespace: tenant, name: 'stuck' }).catch(() => undefined)
    await patch(lab.custom, of, 'replace', '/metadata/finalizers', []).catch(() => undefined)
  }
  await removeTenant(lab, tenant)
})

const refused = (message: RegExp) => ({ code: 422, body: expect.stringMatching(message) })

test('no spec, label or owner: who names the server of a VM is sent a password', async () => {
  await expect(patch(bea, vms, 'replace', '/spec/server', 'evil.example')).rejects.toMatchObject(refused(/only the controllers write its spec/))
  await expect(patch(bea, machines, 'replace', '/spec/providerID', 'vsphere://x')).rejects.toMatchObject({ code: 422 })
  await expect(patch(bea, machines, 'add', '/metadata/labels/x', 'y')).rejects.toMatchObject(refused(/its labels/))
})

test('no annotation but those that skip a wait, and none taken away but pauses and hooks', async () => {
  await expect(patch(bea, machines, 'add', '/metadata/annotations/cluster.x-k8s.io~1remediate-machine', '')).rejects.toMatchObject(refused(/may be set/))
  await expect(patch(bea, machines, 'remove', '/metadata/annotations/example.com~1own')).rejects.toMatchObject(refused(/taken away/))
  await expect(patch(bea, machines, 'replace', '/metadata/annotations/example.com~1own', 'no')).rejects.toMatchObject(refused(/may be set/))
  await patch(bea, machines, 'add', SKIP, 'true')
  for (const op of ['add', 'remove'] as const) await patch(bea, machines, op, '/metadata/annotations/cluster.x-k8s.io~1delete-machine', 'yes')
  await patch(bea, vms, 'add', '/metadata/annotations/tenantry.dev~1look-again', 'now')
  await patch(bea, machines, 'remove', `/metadata/annotations/${HOOK.replace('/', '~1')}`)
  await patch(bea, vms, 'remove', '/metadata/annotations/cluster.x-k8s.io~1paused')
})

test('a finalizer goes only while the object is being deleted, and none comes', async () => {
  await expect(patch(bea, vms, 'replace', '/metadata/finalizers', [])).rejects.toMatchObject(refused(/only while the object is being deleted/))
  await expect(patch(bea, vms, 'add', '/metadata/finalizers/-', 'example.com/mine')).rejects.toMatchObject(refused(/finalizers/))
  await lab.custom.deleteNamespacedCustomObject({ ...machines, namespace: tenant, name: 'stuck' })
  const left = async () => ((await lab.custom.getNamespacedCustomObject({ ...machines, namespace: tenant, name: 'stuck' })) as { metadata: { finalizers?: string[] } }).metadata.finalizers ?? []
  const index = (await left()).indexOf(KEEP)
  await patch(bea, machines, 'remove', `/metadata/finalizers/${index}`)
  expect(await left().catch(() => [])).not.toContain(KEEP)
})

test('a viewer frees nothing', async () => {
  await expect(patch(vic, vms, 'add', SKIP, 'true')).rejects.toMatchObject({ code: 403 })
})
