import type { Page } from '@playwright/test'
import type { KubeObject } from '@/lib/kubernetes/object'
import { managersOf } from '@/lib/manifests/ownership'
import { expectAccessible } from './support/accessible'
import { chartObjects, install, labOffer } from './support/chart'
import { machinesIn } from './support/create'
import { deleteCluster } from './support/delete'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { objectsOf } from './support/tenant'
import { expect, test, VIC } from './support/test'

const KINDS = [
  ['cluster.x-k8s.io', 'v1beta2', 'clusters'], ['cluster.x-k8s.io', 'v1beta2', 'machinedeployments'], ['infrastructure.cluster.x-k8s.io', 'v1beta2', 'vsphereclusters'],
  ['infrastructure.cluster.x-k8s.io', 'v1beta2', 'vspheremachinetemplates'], ['bootstrap.cluster.x-k8s.io', 'v1beta2', 'kubeadmconfigtemplates'],
  ['controlplane.cluster.x-k8s.io', 'v1alpha2', 'kamajicontrolplanes'], ['ipam.cluster.x-k8s.io', 'v1alpha2', 'inclusterippools'],
] as const

async function list(lab: Admin, namespace: string, [group, version, plural]: readonly [string, string, string]): Promise<readonly KubeObject[]> {
  return ((await lab.custom.listNamespacedCustomObject({ group, version, namespace, plural })) as { items: KubeObject[] }).items
}
const asked = async (lab: Admin, tenant: string) => (await Promise.all(KINDS.map((kind) => list(lab, tenant, kind)))).flat()
/** A spec that changes has another generation. */
const generations = async (lab: Admin, tenant: string) => (await asked(lab, tenant)).map(({ metadata }) => `${metadata.name}@${(metadata as { generation?: number }).generation}`).sort()
const machineUids = async (lab: Admin, tenant: string) => (await list(lab, tenant, ['cluster.x-k8s.io', 'v1beta2', 'machines'])).map(({ metadata }) => metadata.uid ?? '').sort()

/** The chart sets no limit to a drain, and the form takes no pool without one. */
async function giveLimits(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Leaving/ }).click()
  for (const limit of ['Drain limit', 'Volume limit']) {
    const field = page.getByRole('textbox', { name: limit })
    await field.fill('600')
    await field.blur()
  }
}

test('a cluster of the Helm chart is shown whole, its settings are held by Helm, and it is taken over without replacing a machine', async ({ page, tenant, lab, signedIn }) => {
  await install(lab, chartObjects(await labOffer(lab), tenant, 'charted'))
  const cluster = `/t/${tenant}/clusters/charted`

  await test.step('its page has its pool, machine, version and addresses, and says who made it', async () => {
    await page.goto(cluster)
    await expect(page.getByText('Made outside of Tenantry, by Helm, release charted.')).toBeVisible()
    await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 150_000 })
    await expect(page.getByRole('region', { name: 'Node pools' })).toContainText('general-md')
    await picture(page, 'adopt-note')
  })
  const [uids, before] = [await machineUids(lab, tenant), await generations(lab, tenant)]

  await test.step('what Helm holds is refused by name, and nothing is written', async () => {
    await page.getByRole('button', { name: 'More for pool general-md' }).click()
    await expect(page.getByRole('menuitem', { name: 'Restart all machines Helm holds its settings. Take the cluster over first.' })).toBeDisabled()
    await page.goto(`${cluster}/pools/general-md`)
    const memory = page.getByRole('textbox', { name: 'Memory' })
    await memory.fill('8192')
    await memory.blur()
    await giveLimits(page)
    await page.getByRole('button', { name: 'Review 3 changes' }).click()
    await expect(page.getByText(/Another tool holds what this would change: .*\(helm\)/)).toBeVisible()
    expect(await generations(lab, tenant)).toEqual(before)
  })

  await test.step('a viewer reads what it would do and cannot do it', async () => {
    const viewer = await signedIn(VIC)
    await viewer.goto(`${cluster}/adopt`)
    await expect(viewer.getByRole('button', { name: 'Take over charted' })).toHaveAttribute('aria-disabled', 'true')
    await expect(viewer.getByText('A dry run shows it to those who may do it.', { exact: false })).toBeVisible()
  })

  await test.step('the review names what changes hands and what is left to do; the take-over replaces nothing', async () => {
    await page.goto(cluster)
    await page.getByRole('link', { name: 'Take it over' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Take over charted' })).toBeVisible()
    await expect(page.getByText('No machine is replaced')).toBeVisible()
    await expect(page.getByText('delete secret -l owner=helm,name=charted')).toBeVisible()
    await expect(page.getByRole('table', { name: 'Objects' }).getByRole('row', { name: /MachineDeployment/ })).toContainText('helm')
    await picture(page, 'adopt-review')
    await expectAccessible(page, 'the review of a take-over')
    expect(await generations(lab, tenant)).toEqual(before)
    await page.getByRole('button', { name: 'Take over charted' }).click()
    await expect(page).toHaveURL(new RegExp(`${cluster}$`))
    await expect(page.getByText('Made outside of Tenantry')).toBeHidden()
    await expect(page.getByRole('region', { name: 'Activity' }).getByText(/Taken over from Helm \(release charted\)/)).toBeVisible()
    for (const object of await asked(lab, tenant)) {
      expect(managersOf(object), `${object.kind} ${object.metadata.name}`).not.toContain('helm')
      expect(object.metadata.labels?.['app.kubernetes.io/managed-by']).toBe('tenantry')
    }
    expect([await machineUids(lab, tenant), await generations(lab, tenant)]).toEqual([uids, before])
  })

  await test.step('from now on it is changed like every other, and what the form has no place for stays', async () => {
    await page.goto(`${cluster}/pools/general-md`)
    await page.getByRole('button', { name: /Labels/ }).click()
    await page.getByRole('button', { name: 'Add label' }).click()
    await page.getByRole('textbox', { name: 'Name of label 1' }).fill('node-role.kubernetes.io/worker')
    await giveLimits(page)
    await page.getByRole('button', { name: 'Review 3 changes' }).click()
    await expect(page.getByText('no machine is replaced')).toBeVisible()
    await page.getByRole('button', { name: 'Change the pool' }).click()
    await expect(page).toHaveURL(new RegExp(`${cluster}$`))
    await expect.poll(async () => (await list(lab, tenant, ['cluster.x-k8s.io', 'v1beta2', 'machines'])).map(({ metadata }) => metadata.labels?.['node-role.kubernetes.io/worker'])).toEqual([''])
    expect(await machineUids(lab, tenant)).toEqual(uids)
    expect(((await list(lab, tenant, ['cluster.x-k8s.io', 'v1beta2', 'machinedeployments']))[0]?.spec as { replicas?: number }).replicas).toBe(1)
  })

  await test.step('deleted, it takes its address pool along, which the chart leaves behind', async () => {
    await deleteCluster(page, 'charted')
    await expect(page.getByRole('heading', { name: 'charted is gone' })).toBeVisible({ timeout: 120_000 })
    await expect.poll(() => objectsOf(lab, tenant), { timeout: 60_000 }).toEqual([])
  })
})

test('a cluster that a GitOps controller writes stays as it is, with the reason', async ({ page, tenant, lab }) => {
  const objects = chartObjects(await labOffer(lab), tenant, 'gitops').map((object) => (object.kind === 'MachineDeployment' ? { ...object, spec: { ...object.spec, replicas: 0 } } : object))
  await install(lab, objects, 'argocd-controller')
  await page.goto(`/t/${tenant}/clusters/gitops`)
  await page.getByRole('link', { name: 'Take it over' }).click()
  await expect(page.getByText(/argocd-controller writes it from a repository and would change it back/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Take over gitops' })).toHaveCount(0)
})
