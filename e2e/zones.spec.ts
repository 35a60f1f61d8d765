import type { KubeObject } from '@/lib/kubernetes/object'
import { fillCreate, machinesIn } from './support/create'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { expect, test } from './support/test'

const GROUPS = { machinedeployments: 'cluster.x-k8s.io', machinehealthchecks: 'cluster.x-k8s.io', machines: 'cluster.x-k8s.io', vspherevms: 'infrastructure.cluster.x-k8s.io', vspheremachinetemplates: 'infrastructure.cluster.x-k8s.io' } as const

const ZONES = { group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vspheredeploymentzones' } as const

async function all(lab: Admin, tenant: string, plural: keyof typeof GROUPS): Promise<readonly KubeObject[]> {
  const list = (await lab.custom.listNamespacedCustomObject({ group: GROUPS[plural], version: 'v1beta2', namespace: tenant, plural })) as { items: KubeObject[] }
  return list.items
}
const sizes = async (lab: Admin, tenant: string) => Object.fromEntries((await all(lab, tenant, 'machinedeployments')).map((deployment) => [deployment.metadata.name, deployment.spec?.['replicas']]))

/** Of one test: zones are not the tenant's, and would stay. */
const dark: string[] = []
test.afterEach(async ({ lab }) => {
  for (const name of dark.splice(0)) await lab.custom.deleteClusterCustomObject({ ...ZONES, name })
})

test('a pool over two zones: one row, machines in both, upgraded in both, shared out anew when it is scaled and when a zone goes', async ({ page, tenant, lab }) => {
  test.setTimeout(500_000)
  const darkZone = `dark-${tenant}`
  const { spec } = (await lab.custom.getClusterCustomObject({ ...ZONES, name: 'zone-a' })) as { spec: { server: string } }
  await lab.custom.createClusterCustomObject({ ...ZONES, body: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'VSphereDeploymentZone', metadata: { name: darkZone }, spec: { server: spec.server, failureDomain: 'no-such-domain', controlPlane: false } } })
  dark.push(darkZone)
  const pools = page.getByRole('table', { name: 'Node pools' })

  await test.step('zones are offered, and one that cannot be used says why', async () => {
    // Zones are on the page as it was rendered, and reach the portal by a watch.
    await expect.poll(async () => (await page.request.get(`/t/${tenant}/create`)).text()).toContain(darkZone)
    await page.goto(`/t/${tenant}/create`)
    await fillCreate(page, { name: 'spread', replicas: 2, shared: 'nodes-north', version: '1.34.3' })
    await page.getByRole('button', { name: /^Zones/ }).click()
    await expect(page.getByText('Its VSphereFailureDomain no-such-domain does not exist.')).toBeVisible()
    await expect(page.getByRole('checkbox', { name: new RegExp(`^${darkZone}`) })).toBeDisabled()
    await page.getByRole('checkbox', { name: /^zone-a/ }).click()
    await page.getByRole('checkbox', { name: /^zone-b/ }).click()
    await expect(page.getByText('Shared out evenly: 1 in zone-a, 1 in zone-b.', { exact: false })).toBeVisible()
    await expect(page.getByText('4, 2 of them for changes')).toBeVisible()
    await picture(page, 'zones-create', 1600)
    await page.getByRole('button', { name: 'Create cluster' }).click()
    await expect(page).toHaveURL(new RegExp(`/t/${tenant}/clusters/spread`))
  })

  await test.step('a machine is made in each, and people see one pool', async () => {
    await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 150_000 })
    expect(await sizes(lab, tenant)).toEqual({ 'spread-general-zone-a': 1, 'spread-general-zone-b': 1 })
    const places = (await all(lab, tenant, 'vspherevms')).map((vm) => `${String(vm.spec?.['resourcePool'])} ${String(vm.spec?.['datastore'])}`).sort()
    expect(places).toEqual(['/dc-north/host/cl-compute/Resources ssd-01', '/dc-north/host/cl-memory/Resources ssd-02'])
    expect(await all(lab, tenant, 'vspheremachinetemplates')).toHaveLength(1)
    expect(await all(lab, tenant, 'machinehealthchecks')).toHaveLength(1)
    await expect(pools.getByRole('row')).toHaveCount(2)
    await expect(pools.getByRole('row', { name: /general/ })).toContainText('zone-a 1, zone-b 1')
    const cluster = (await lab.custom.getNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters', name: 'spread' })) as { status?: { failureDomains?: { name: string }[] } }
    expect(cluster.status?.failureDomains?.map(({ name }) => name)).toEqual(['zone-a', 'zone-b'])
  })

  await test.step('upgraded: after the control plane both zones replace their machines, and it is one pool and one change', async () => {
    const old = (await all(lab, tenant, 'machines')).map(({ metadata }) => metadata.uid)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Upgrade' }).click()
    await page.getByRole('button', { name: 'Review the upgrade' }).click()
    await expect(page.getByText(/2 addresses more at a time/)).toBeVisible()
    await page.getByRole('button', { name: 'Upgrade and replace 2 machines' }).click()
    await expect(page.getByText('Pool general: under way')).toBeVisible({ timeout: 60_000 })
    const asked = async () => (await all(lab, tenant, 'machinedeployments')).map(({ spec: of }) => (of as { template: { spec: { version: string; infrastructureRef: { name: string } } } }).template.spec)
    // One zone is written after the other.
    await expect.poll(async () => (await asked()).map(({ version }) => version)).toEqual(['v1.35.2', 'v1.35.2'])
    expect(new Set((await asked()).map(({ infrastructureRef }) => infrastructureRef.name)).size, 'one template for both').toBe(1)
    await expect(page.getByText('The upgrade from 1.34.3 to 1.35.2 is done.')).toBeVisible({ timeout: 150_000 })
    const machines = await all(lab, tenant, 'machines')
    expect(machines.map(({ spec: of }) => `${String(of?.['version'])} ${String(of?.['failureDomain'])}`).sort()).toEqual(['v1.35.2 zone-a', 'v1.35.2 zone-b'])
    expect(machines.filter(({ metadata }) => old.includes(metadata.uid))).toEqual([])
    await page.goto(`/t/${tenant}/clusters/spread/changes`)
    await expect(page.getByRole('link', { name: 'Upgrade from v1.34.3 to v1.35.2' })).toHaveCount(1)
    await page.goto(`/t/${tenant}/clusters/spread`)
  })

  await test.step('scaled from 2 to 3, the first zone gets one more', async () => {
    await page.getByRole('button', { name: 'Scale pool general' }).click()
    const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
    await size.fill('3')
    await size.blur()
    await page.getByRole('dialog').getByRole('button', { name: /^Scale to 3/ }).click()
    await expect(pools.getByRole('row', { name: /general/ })).toContainText('zone-a 2, zone-b 1')
    await expect(machinesIn(page, 'Ready')).toHaveCount(3, { timeout: 120_000 })
    expect(await sizes(lab, tenant)).toEqual({ 'spread-general-zone-a': 2, 'spread-general-zone-b': 1 })
  })

  await test.step('a zone goes: its machine leaves and the other zone takes its share', async () => {
    await page.goto(`/t/${tenant}/clusters/spread/pools/general`)
    await page.getByRole('checkbox', { name: /^zone-b/ }).click()
    await expect(page.getByText('All machines are made in zone-a.')).toBeVisible()
    await picture(page, 'zones-pool', 1600)
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText('Removes the 1 machine of zone zone-b; each is drained first.')).toBeVisible()
    await page.getByRole('button', { name: 'Change the pool' }).click()
    await expect(page).toHaveURL(/clusters\/spread$/)
    await expect.poll(() => sizes(lab, tenant), { timeout: 60_000 }).toEqual({ 'spread-general-zone-a': 3 })
    await expect(machinesIn(page, 'Ready')).toHaveCount(3, { timeout: 120_000 })
    await expect(pools.getByRole('row', { name: /general/ })).toContainText('zone-a 3')
  })
})
