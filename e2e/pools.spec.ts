import type { KubeObject } from '@/lib/kubernetes/object'
import { createCluster, machinesIn } from './support/create'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { expect, test } from './support/test'

const GROUPS = { machines: 'cluster.x-k8s.io', machinesets: 'cluster.x-k8s.io', machinedeployments: 'cluster.x-k8s.io', vspheremachinetemplates: 'infrastructure.cluster.x-k8s.io', kubeadmconfigtemplates: 'bootstrap.cluster.x-k8s.io' } as const

async function all(lab: Admin, tenant: string, plural: keyof typeof GROUPS): Promise<readonly KubeObject[]> {
  const list = (await lab.custom.listNamespacedCustomObject({ group: GROUPS[plural], version: 'v1beta2', namespace: tenant, plural })) as { items: KubeObject[] }
  return list.items
}
const names = async (lab: Admin, tenant: string, plural: keyof typeof GROUPS) => (await all(lab, tenant, plural)).map(({ metadata }) => metadata.name).sort()
const uids = async (lab: Admin, tenant: string) => (await all(lab, tenant, 'machines')).map(({ metadata }) => metadata.uid ?? '').sort()
/** Everything that a write could have changed. */
const versions = async (lab: Admin, tenant: string) => (await Promise.all((['machinedeployments', 'vspheremachinetemplates', 'kubeadmconfigtemplates'] as const).map((plural) => all(lab, tenant, plural)))).flat().map(({ metadata }) => `${metadata.name}@${(metadata as { generation?: number }).generation ?? 1}`).sort()

const templateOf = (set: KubeObject | undefined) => (set?.spec as { template: { spec: { infrastructureRef: unknown } } }).template.spec.infrastructureRef

test('the life of a pool: a label in place, more memory one machine after another, a second pool that comes and goes', async ({ page, tenant, lab }) => {
  test.setTimeout(600_000)
  await createCluster(page, tenant, { name: 'pools', replicas: 2 })
  await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 150_000 })
  const cluster = `/t/${tenant}/clusters/pools`
  const first = await uids(lab, tenant)
  const [oldTemplate] = await names(lab, tenant, 'vspheremachinetemplates')

  await test.step('a label is set in place: nothing rolls', async () => {
    await page.getByRole('button', { name: 'More for pool general' }).click()
    await page.getByRole('menuitem', { name: 'Change' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Pool general of pools' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Review changes' })).toHaveAttribute('aria-disabled', 'true')
    await page.getByRole('button', { name: /Labels/ }).click()
    await page.getByRole('button', { name: 'Add label' }).click()
    await page.getByRole('textbox', { name: 'Name of label 1' }).fill('node-role.kubernetes.io/worker')
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText('no machine is replaced')).toBeVisible()
    await expect(page.getByRole('row', { name: /Label node-role.kubernetes.io\/worker/ })).toContainText('In place')
    await page.getByRole('button', { name: 'Change the pool' }).click()
    await expect(page).toHaveURL(new RegExp(`${cluster}$`))
    await expect.poll(async () => (await all(lab, tenant, 'machines')).filter(({ metadata }) => metadata.labels?.['node-role.kubernetes.io/worker'] === '').length).toBe(2)
    expect(await uids(lab, tenant)).toEqual(first)
    expect(await names(lab, tenant, 'machinesets')).toHaveLength(1)
  })

  await test.step('more memory: the review says what it takes and writes nothing', async () => {
    await page.goto(`${cluster}/pools/general`)
    const memory = page.getByRole('textbox', { name: 'Memory' })
    await memory.fill('12288')
    await memory.blur()
    const before = await versions(lab, tenant)
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Review: Pool general of pools' })).toBeFocused()
    await expect(page.getByText('Replaces 2 machines, one after another; one is made ahead.', { exact: false })).toBeVisible()
    await expect(page.getByText(/1 address more at a time; \d+ are free in pool pools\./)).toBeVisible()
    await page.getByRole('button', { name: /^VSphereMachineTemplate/ }).click()
    await expect(page.getByRole('region', { name: /Difference of VSphereMachineTemplate/ })).toContainText('+       memoryMiB: 12288')
    expect(await versions(lab, tenant)).toEqual(before)
    await picture(page, 'pool-review')
  })

  await test.step('and one after another every machine is replaced', async () => {
    let most = 0
    const watch = setInterval(() => void all(lab, tenant, 'machines').then((machines) => { most = Math.max(most, machines.length) }, () => undefined), 500)
    try {
      await page.getByRole('button', { name: 'Change and replace 2 machines' }).click()
      await expect(page).toHaveURL(new RegExp(`${cluster}$`))
      const story = async () => (await (await page.request.get(cluster)).text()).match(/Memory change in pool general/)?.[0]
      await expect.poll(story, { timeout: 60_000 }).toBe('Memory change in pool general')
      await expect.poll(async () => (await uids(lab, tenant)).filter((uid) => first.includes(uid)).length, { timeout: 240_000, intervals: [1_000] }).toBe(0)
      await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 60_000 })
    } finally {
      clearInterval(watch)
    }
    expect(most, 'one machine ahead, never more').toBe(3)
    const [deployment] = await all(lab, tenant, 'machinedeployments')
    expect(deployment?.spec?.['replicas']).toBe(2)
  })

  await test.step('the old template goes once no MachineSet refers to it, and the new one stays', async () => {
    const users = async () => (await all(lab, tenant, 'machinesets')).filter((set) => JSON.stringify(set.spec).includes(oldTemplate ?? 'none')).map(({ metadata }) => metadata.name)
    await expect.poll(() => names(lab, tenant, 'vspheremachinetemplates'), { timeout: 120_000, intervals: [2_000] }).not.toContain(oldTemplate)
    expect(await users()).toEqual([])
    expect((await names(lab, tenant, 'vspheremachinetemplates')).filter((name) => name !== oldTemplate)).toHaveLength(1)
  })

  await test.step('a pool of one more comes', async () => {
    await page.goto(cluster)
    await page.getByRole('button', { name: 'Add pool' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('extra')
    await page.getByRole('button', { name: 'Review the new pool' }).click()
    await expect(page.getByText('Adds a pool with 1 machine.')).toBeVisible()
    await page.getByRole('button', { name: 'Add pool extra' }).click()
    await expect(page).toHaveURL(new RegExp(`${cluster}$`))
    await expect(page.getByRole('table', { name: 'Node pools' }).getByRole('row', { name: /extra/ })).toBeVisible()
    await expect(machinesIn(page, 'Ready')).toHaveCount(3, { timeout: 120_000 })
  })

  await test.step('two pools of one name are refused at the field', async () => {
    await page.goto(`${cluster}/pools/new`)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('extra')
    await page.getByRole('button', { name: 'Review the new pool' }).click()
    await expect(page.getByText('pools has a pool extra already.')).toBeVisible()
  })

  await test.step('and goes, with its name typed', async () => {
    await page.goto(cluster)
    await page.getByRole('button', { name: 'More for pool extra' }).click()
    await page.getByRole('menuitem', { name: 'Remove pool' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByRole('textbox').fill('general')
    await dialog.getByRole('button', { name: /Remove pool/ }).click()
    await expect(dialog.getByText('The name is extra.')).toBeVisible()
    await dialog.getByRole('textbox').fill('extra')
    await dialog.getByRole('button', { name: /Remove pool/ }).click()
    await expect(page.getByRole('table', { name: 'Node pools' }).getByRole('row', { name: /extra/ })).toHaveCount(0, { timeout: 120_000 })
    await expect.poll(() => names(lab, tenant, 'machinedeployments')).toEqual(['pools-general'])
    await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 60_000 })
  })

  await test.step('the last pool goes too: the control plane stays, and a new pool begins as that one was', async () => {
    await page.getByRole('button', { name: 'More for pool general' }).click()
    await page.getByRole('menuitem', { name: 'Remove pool' }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByText(/It is the last pool: nothing runs in the cluster until you add another one/)).toBeVisible()
    await dialog.getByRole('textbox').fill('general')
    await dialog.getByRole('button', { name: /Remove pool/ }).click()
    await expect(page.getByText('No machines: add a pool.')).toBeVisible({ timeout: 120_000 })
    await expect(page.getByText('No machines, so nothing runs here but the control plane: add a pool.')).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 }).locator('../..')).toContainText('Ready')
    await page.goto(`${cluster}/upgrade`)
    await expect(page.getByRole('button', { name: 'Review the upgrade' })).toBeVisible()
    await page.goto(`${cluster}/pools/new`)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('again')
    await expect(page.getByRole('textbox', { name: 'Memory' })).toHaveValue('12288')
    const machines = page.getByRole('textbox', { name: 'Machines' })
    await machines.fill('0')
    await machines.blur()
    await page.getByRole('button', { name: 'Review the new pool' }).click()
    await page.getByRole('button', { name: 'Add pool again' }).click()
    await expect(page.getByRole('table', { name: 'Node pools' }).getByRole('row', { name: /again/ })).toContainText('Ready', { timeout: 60_000 })
    const [template] = (await all(lab, tenant, 'vspheremachinetemplates')).filter(({ metadata }) => metadata.name.startsWith('pools-again-'))
    expect(template?.spec).toMatchObject({ template: { spec: { memoryMiB: 12288, network: { devices: [{ addressesFromPools: [{ name: 'pools' }] }] } } } })
  })
})

test('bad input is refused at its field, an outdated page as a conflict, and nothing is written', async ({ page, tenant, lab }) => {
  await createCluster(page, tenant, { name: 'bad', replicas: 1 })
  const pool = `/t/${tenant}/clusters/bad/pools/general`
  await expect(page.getByRole('button', { name: 'More for pool general' })).toBeVisible({ timeout: 60_000 })
  await page.goto(pool)
  const before = await versions(lab, tenant)
  const field = (name: string) => page.getByRole('textbox', { name, exact: true })
  const type = async (name: string, value: string) => {
    await field(name).fill(value)
    await field(name).blur()
  }

  await test.step('what differs so far stands beside the form', async () => {
    await type('CPU', '8')
    await expect(page.getByRole('complementary').getByText('replaces machines')).toBeVisible()
    await picture(page, 'pool-form', 1000)
    await page.reload()
  })
  await test.step('a disk that is smaller than the VM template’s', async () => {
    await type('Disk', '15')
    await expect(page.getByText('The VM template’s disk has 20 GiB and cannot shrink to 15.')).toBeVisible()
    await expect(field('Disk')).toHaveAttribute('aria-invalid', 'true')
    await page.reload()
  })
  await test.step('no machine ahead and none missing', async () => {
    await page.getByRole('button', { name: /Replacement/ }).click()
    await type('Made ahead', '0')
    await expect(page.getByText('no machine can ever be replaced')).toBeVisible()
    await page.getByRole('button', { name: /^Review/ }).click()
    await expect(page.getByRole('alert').filter({ hasText: '1 field to correct' })).toBeFocused()
    await page.reload()
  })
  await test.step('smallest above largest', async () => {
    await page.getByRole('radio', { name: 'Autoscaler' }).click()
    await type('Smallest size', '5')
    await type('Largest size', '2')
    await expect(page.getByText('The largest size, 2, is below the smallest, 5.')).toBeVisible()
    await page.reload()
  })
  await test.step('more machines than addresses', async () => {
    await type('Machines', '90')
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText(/the change would wait for ever/).first()).toBeVisible()
    await expect(page.getByRole('button', { name: 'Change the pool' })).toHaveAttribute('aria-disabled', 'true')
    await page.reload()
  })
  expect(await versions(lab, tenant)).toEqual(before)

  await test.step('another person was faster: what changed is said, what was typed stays, and goes on from there', async () => {
    await type('CPU', '8')
    await lab.custom.patchNamespacedCustomObjectScale({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'machinedeployments', name: 'bad-general', body: [{ op: 'replace', path: '/spec/replicas', value: 2 }] })
    const now = await versions(lab, tenant)
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText('Machines was 1 and is 2 now')).toBeVisible()
    await expect(field('CPU')).toHaveValue('8')
    expect(await versions(lab, tenant)).toEqual(now)
    await page.getByRole('button', { name: 'Load again, keep what I changed' }).click()
    await expect(field('Machines')).toHaveValue('2')
    await expect(field('CPU')).toHaveValue('8')
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText('Replaces 2 machines', { exact: false })).toBeVisible()
  })

  await test.step('between bounds the size is the autoscaler’s: annotated, the size left alone, Scale refused', async () => {
    await page.goto(pool)
    await page.getByRole('radio', { name: 'Autoscaler' }).click()
    await type('Smallest size', '1')
    await type('Largest size', '4')
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText('The autoscaler keeps 1 to 4 machines.')).toBeVisible()
    await page.getByRole('button', { name: 'Change the pool' }).click()
    await expect(page).toHaveURL(/clusters\/bad$/)
    const [deployment] = await all(lab, tenant, 'machinedeployments')
    expect(deployment).toMatchObject({
      metadata: { annotations: { 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '1', 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '4' } },
      spec: { replicas: 2 },
    })
    await page.getByRole('button', { name: 'Scale pool general' }).click()
    const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
    await size.fill('3')
    await size.blur()
    await page.getByRole('button', { name: 'Scale to 3 and add 1 machine' }).click()
    await expect(page.getByRole('dialog').getByText(/The autoscaler keeps this pool between 1 and 4 machines/).first()).toBeVisible()
    await page.getByRole('button', { name: 'Cancel' }).click()
  })

  await test.step('a restart says what it takes, and makes a new MachineSet of the same templates', async () => {
    const [before] = await all(lab, tenant, 'machinesets')
    await page.getByRole('button', { name: 'More for pool general' }).click()
    await page.getByRole('menuitem', { name: 'Restart all machines' }).click()
    await expect(page.getByRole('alertdialog').getByText('Replaces 2 machines, one after another', { exact: false })).toBeVisible()
    await page.getByRole('button', { name: 'Replace all machines' }).click()
    await expect(page.getByRole('alertdialog')).toBeHidden()
    await expect.poll(async () => (await all(lab, tenant, 'machinesets')).length).toBe(2)
    const made = (await all(lab, tenant, 'machinesets')).find(({ metadata }) => metadata.uid !== before?.metadata.uid)
    expect(templateOf(made)).toEqual(templateOf(before))
  })
})
