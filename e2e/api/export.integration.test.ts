import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { defaultSpec } from '@/lib/cluster/defaults'
import { OFFER_ANNOTATION, vsphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { exportFiles } from '@/lib/manifests/export'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { withoutCredentials } from '@/lib/manifests/left-out'
import { renderCluster } from '@/lib/manifests/render'
import { createDiscovery } from '@/server/management/discovery'
import { loadTransport } from '@/server/management/transport'
import { createUserClient, type UserClient } from '@/server/management/user-client'
import { findObjects } from '@/server/objects/list'
import { tar } from '@/server/objects/tar'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'

/** A real cluster with a machine, exported as its admin and given back to the API by a real kubectl. */
const facts = labFacts()
const lab = admin(facts)
const run = promisify(execFile)
const BEA = 'oidc:bea@tenantry.example'
let tenant: string
let elsewhere: string
let folder: string
let bea: UserClient
let stranger: UserClient

const objects = async () => (await findObjects(bea, tenant, 'gitops')).objects
const kubectl = (...args: string[]) => run(join(facts.binDir, 'kubectl'), args, { env: { ...process.env, KUBECONFIG: facts.adminKubeconfig } })
/** As a person gets it: packed, and unpacked by a real tar. @returns the folder */
async function exported(name: string, change: (text: string) => string = (text) => text): Promise<string> {
  const at = await mkdtemp(join(folder, `${name}-`))
  const files = exportFiles('gitops', await objects()).map(({ path, text }) => ({ path, text: change(text) }))
  await writeFile(join(at, 'export.tar'), tar(files))
  await run('tar', ['-xf', join(at, 'export.tar'), '-C', at])
  return join(at, 'gitops')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'))
  const member = { email: 'bea@tenantry.example', role: 'tenant-admin' } as const
  ;[tenant, elsewhere] = await Promise.all([createTenant(lab, [member]), createTenant(lab, [member])])
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  const offer = vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  const transport = loadTransport(facts.portalKubeconfig)
  const as = (user: string) => createUserClient(transport, createDiscovery(transport), { user, groups: [] })
  bea = as(BEA)
  stranger = as('oidc:gus@tenantry.example')
  const base = defaultSpec(offer, 'vsphere-north')
  const spec = { ...base, name: 'gitops', pool: { ...base.pool, replicas: 1 }, addresses: { kind: 'pool', range: '10.40.12.64-10.40.12.67', prefix: 24, gateway: '10.40.12.1', nameservers: ['10.40.0.2'] } as const }
  const [first, ...rest] = renderCluster({ ...spec, addresses: { ...spec.addresses, nameservers: [...spec.addresses.nameservers] } }, { tenant, offer, operationId: '7c2e8e5e-0000-4000-8000-000000000000' })
  const cluster = await bea.apply(first ?? expect.fail())
  const owner = { name: 'gitops', uid: cluster.metadata.uid ?? '' }
  for (const object of rest) await bea.apply(needsOwner(object) ? withOwner(object, owner) : object)
  // Everything that controllers write is there once the machine has its address and its token.
  await vi.waitFor(async () => {
    const found = await objects()
    expect(found.map(({ kind }) => kind)).toContain('IPAddress')
    expect(JSON.stringify(found.find(({ kind }) => kind === 'KubeadmConfig'))).toContain('bootstrapToken')
  }, { timeout: 110_000, interval: 2_000 })
})
afterAll(async () => {
  await Promise.all([removeTenant(lab, tenant), removeTenant(lab, elsewhere)])
  await rm(folder, { recursive: true, force: true })
})

test('every object of the cluster is found, and nobody else finds one', async () => {
  const kinds = new Set((await objects()).map(({ kind }) => kind))
  expect([...kinds]).toEqual([
    'Cluster', 'InClusterIPPool', 'VSphereCluster', 'KamajiControlPlane', 'VSphereMachineTemplate', 'KubeadmConfigTemplate', 'MachineDeployment', 'MachineHealthCheck',
    'MachineSet', 'Machine', 'KubeadmConfig', 'VSphereMachine', 'VSphereVM', 'IPAddressClaim', 'IPAddress',
  ])
  const { objects: none, forbidden } = await findObjects(stranger, tenant, 'gitops')
  expect(none).toEqual([])
  expect(forbidden).toEqual(expect.arrayContaining(['Cluster', 'KubeadmConfig', 'IPAddress']))
})

test('the token by which the machine joins is left out', async () => {
  const config = (await objects()).find(({ kind }) => kind === 'KubeadmConfig') ?? expect.fail()
  const token = /"token":"([^"]+)"/.exec(JSON.stringify(config))?.[1] ?? expect.fail('no token')
  const { object, leftOut } = withoutCredentials(config)
  expect(JSON.stringify(object)).not.toContain(token)
  expect(leftOut).toEqual(['spec.joinConfiguration.discovery.bootstrapToken.token'])
})

test('the exported folder is accepted whole, strictly, as the tenant’s admin, and would change nothing', async () => {
  const at = await exported('same')
  const files = await readdir(at)
  const { resources } = parse(await readFile(join(at, 'kustomization.yaml'), 'utf8')) as { resources: string[] }
  expect(resources.toSorted()).toEqual(files.filter((name) => name !== 'kustomization.yaml').toSorted())
  const { stdout } = await kubectl('apply', '-k', at, '--dry-run=server', '--validate=strict', `--as=${BEA}`)
  expect(stdout.trim().split('\n')).toHaveLength(8)
  // Exit code 1 says that something differs.
  await kubectl('diff', '-k', at, `--as=${BEA}`)
})

test('each file alone is accepted', async () => {
  const at = await exported('each')
  for (const file of (await readdir(at)).filter((name) => name !== 'kustomization.yaml').toSorted()) {
    const { stdout } = await kubectl('apply', '-f', join(at, file), '--dry-run=server', '--validate=strict', `--as=${BEA}`)
    expect(stdout, file).toMatch(/\(server dry run\)/)
  }
})

test('the cluster could be made of it where it is not yet', async () => {
  const at = await exported('elsewhere', (text) => text.replaceAll(tenant, elsewhere))
  const { stdout } = await kubectl('apply', '-k', at, '--dry-run=server', '--validate=strict', `--as=${BEA}`)
  expect(stdout.trim().split('\n').every((line) => /created \(server dry run\)$/.test(line)), stdout).toBe(true)
})

test('a field that nobody knows is refused: the check above can fail', async () => {
  const at = await exported('wrong', (text) => text.replace('clusterNetwork:', 'noSuchField: 1\n  clusterNetwork:'))
  await expect(kubectl('apply', '-k', at, '--dry-run=server', '--validate=strict', `--as=${BEA}`)).rejects.toMatchObject({ stderr: expect.stringContaining('noSuchField') })
})
