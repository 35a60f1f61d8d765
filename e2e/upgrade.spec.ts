import { shortMachineName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { createCluster, machinesIn } from './support/create'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { expect, test, VIC } from './support/test'

const CORE = { group: 'cluster.x-k8s.io', version: 'v1beta2' } as const
const PLANE = { group: 'controlplane.cluster.x-k8s.io', version: 'v1alpha2', plural: 'kamajicontrolplanes', name: 'up' } as const

const list = async (lab: Admin, tenant: string, plural: string): Promise<readonly KubeObject[]> =>
  ((await lab.custom.listNamespacedCustomObject({ ...CORE, namespace: tenant, plural })) as { items: KubeObject[] }).items
const versionsOf = async (lab: Admin, tenant: string): Promise<{ asked: string; runs: string; pool: string; machines: readonly string[] }> => {
  const [plane, [deployment], machines] = await Promise.all([
    lab.custom.getNamespacedCustomObject({ ...PLANE, namespace: tenant }) as Promise<KubeObject>, list(lab, tenant, 'machinedeployments'), list(lab, tenant, 'machines'),
  ])
  const pool = (deployment?.spec as { template: { spec: { version: string } } }).template.spec.version
  return { asked: String(plane.spec?.['version']), runs: String(plane.status?.['version']), pool, machines: machines.map(({ spec }) => String(spec?.['version'])) }
}
const uids = async (lab: Admin, tenant: string) => (await list(lab, tenant, 'machines')).map(({ metadata }) => metadata.uid ?? '').sort()

test('an upgrade from 1.34 to 1.35: what cannot be is refused, the control plane goes first, a pause holds the pool, one chosen machine goes', async ({ page, tenant, lab, signedIn }) => {
  test.setTimeout(480_000)
  await createCluster(page, tenant, { name: 'up', replicas: 2, version: '1.34.3' })
  await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 150_000 })
  const cluster = `/t/${tenant}/clusters/up`
  const first = await uids(lab, tenant)
  const row = (machine = '') => page.getByRole('table', { name: 'Machines', exact: true }).getByRole('button', { name: shortMachineName(machine, 'up'), exact: true })

  await test.step('the page offers one minor, and says what cannot be', async () => {
    await expect(page.getByRole('link', { name: '1.35.2 available' })).toBeVisible()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Upgrade' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Upgrade up' })).toBeVisible()
    await expect(page.getByRole('radio', { name: /^1\.35\.2/ })).toBeChecked()
    await expect(page.getByRole('radio', { name: /^1\.34\.1/ })).toHaveCount(0)
    await page.getByRole('radio', { name: /Another version/ }).click()
    const typed = page.getByRole('textbox', { name: 'Version' })
    for (const [version, refusal] of [['1.36.0', /Upgrade one at a time: to 1\.35 first/], ['1.34.1', /cannot be downgraded/], ['1.35.O', /in digits, not “1\.35\.O”/]] as const) {
      await typed.fill(version)
      await page.getByRole('button', { name: 'Review the upgrade' }).click()
      await expect(page.getByText(refusal)).toBeVisible()
    }
    await typed.fill('1.35.9')
    await expect(page.getByText('No VM template for 1.35.9: it stays at 1.34.3.')).toBeVisible()
    expect(await versionsOf(lab, tenant)).toMatchObject({ asked: 'v1.34.3', pool: 'v1.34.3' })
    await page.getByRole('radio', { name: /^1\.35\.2/ }).click()
  })

  await test.step('a pool that stays is told what becomes of it', async () => {
    await page.getByRole('switch', { name: 'general' }).click()
    await expect(page.getByText('it cannot grow, and a broken machine is not replaced', { exact: false })).toBeVisible()
    await page.getByRole('switch', { name: 'general' }).click()
  })

  await test.step('the review says what it takes and writes nothing', async () => {
    await page.getByRole('button', { name: 'Review the upgrade' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Review: up from 1.34.3 to 1.35.2' })).toBeFocused()
    await page.getByRole('button', { name: 'KamajiControlPlane up changed' }).click()
    await expect(page.getByRole('region', { name: 'Difference of KamajiControlPlane up' })).toContainText(/- +version: v1\.34\.3\s*\+ +version: v1\.35\.2/)
    await expect(page.getByRole('button', { name: /^VSphereMachineTemplate up-general-/ })).toBeVisible()
    await expect(page.getByText('Replaces 2 machines, one after another; one is made ahead.', { exact: false })).toBeVisible()
    await expect(page.getByText(/1 address more at a time; \d+ are free in pool up\./)).toBeVisible()
    expect((await versionsOf(lab, tenant)).asked).toBe('v1.34.3')
    await picture(page, 'upgrade-review')
  })

  // Opened before anything is asked for, and never loaded again.
  const other = await signedIn(VIC)
  await other.goto(cluster)
  const told = (words: RegExp) => other.getByText(words)
  await expect(other.getByRole('heading', { level: 1, name: 'up' })).toBeVisible()
  await expect(told(/The upgrade to 1\.35\.2 is/)).toHaveCount(0)

  await test.step('the control plane goes; paused meanwhile, the pool does not follow', async () => {
    await page.getByRole('button', { name: 'Upgrade and replace 2 machines' }).click()
    // At once: the pause has to come before the control plane is through.
    await Promise.all([
      expect(page.getByText('Control plane: under way')).toBeVisible(),
      expect(told(/The upgrade to 1\.35\.2 is under way: \d of 3 steps done/)).toBeVisible(),
    ])
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(told(/The upgrade to 1\.35\.2 is paused: \d of 3 steps done\. Paused by bea@/)).toBeVisible()
    await expect(page.getByText('Paused: no further step begins until somebody continues.')).toBeVisible()
    await expect.poll(async () => (await versionsOf(lab, tenant)).runs, { timeout: 60_000 }).toBe('v1.35.2')
    await expect(page.getByText('Control plane: done')).toBeVisible()
    await expect(page.getByText('Add-ons: paused')).toBeVisible()
    await expect(told(/The upgrade is paused until somebody continues it/).first()).toBeVisible({ timeout: 15_000 })
    // Beside a control plane of another minor nothing is begun that needs a new machine.
    const side = await page.context().newPage()
    await side.goto(`${cluster}/pools/new`)
    await expect(side.getByText('For Kubernetes 1.35.2.', { exact: false })).toBeVisible()
    await side.goto(`${cluster}/pools/general`)
    await expect(side.getByText('Until both have the same minor version Cluster API makes no machine for it. Upgrade the pool first.', { exact: false })).toBeVisible()
    await side.getByRole('textbox', { name: 'CPU' }).fill('8')
    await side.getByRole('textbox', { name: 'CPU' }).blur()
    await expect(side.getByRole('button', { name: 'Review 1 change' })).toHaveAttribute('aria-disabled', 'true')
    await side.goto(cluster)
    await side.getByRole('button', { name: 'Scale pool general' }).click()
    await side.getByRole('dialog').getByRole('textbox', { name: 'Machines' }).fill('3')
    await expect(side.getByRole('dialog').getByText('Upgrade the pool first.', { exact: false })).toBeVisible()
    await side.keyboard.press('Escape')
    await side.getByRole('button', { name: 'More for pool general' }).click()
    await expect(side.getByRole('menuitem', { name: 'Restart all machines' })).toBeDisabled()
    await side.close()
    // Two looks of the server, had it gone on.
    await page.waitForTimeout(11_000)
    expect(await versionsOf(lab, tenant)).toMatchObject({ pool: 'v1.34.3', machines: ['v1.34.3', 'v1.34.3'] })
  })

  await test.step('continued, the pool follows: every machine is replaced, and it is one change', async () => {
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByText('Pool general: under way')).toBeVisible({ timeout: 30_000 })
    await expect(told(/The upgrade to 1\.35\.2 is under way: 2 of 3 steps done/)).toBeVisible()
    await picture(page, 'upgrade-steps')
    await expect.poll(async () => (await versionsOf(lab, tenant)).machines, { timeout: 180_000, intervals: [1_000] }).toEqual(['v1.35.2', 'v1.35.2'])
    expect((await uids(lab, tenant)).filter((uid) => first.includes(uid))).toEqual([])
    await expect(page.getByRole('heading', { level: 1, name: 'Upgrade up' }), 'the page offers the next one').toBeVisible({ timeout: 60_000 })
    await expect(told(/The upgrade to 1\.35\.2 is/), 'the other page has seen it end').toHaveCount(0)
    await page.goto(cluster)
    await expect(page.getByText('Last change:', { exact: false }).or(page.getByRole('heading', { name: 'Upgrade from v1.34.3 to v1.35.2' })).first()).toBeVisible()
    await page.goto(`${cluster}/changes`)
    await expect(page.getByRole('link', { name: 'Upgrade from v1.34.3 to v1.35.2' })).toHaveCount(1)
    await page.goto(cluster)
    await expect(page.getByRole('link', { name: /available/ })).toHaveCount(0)
  })

  await test.step('one chosen machine is made anew', async () => {
    const before = await list(lab, tenant, 'machines')
    const chosen = before[0]?.metadata
    await row(chosen?.name).click()
    await page.getByRole('button', { name: /^Replace / }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByText('Its pods are moved away first (drained, for up to', { exact: false })).toBeVisible()
    await expect(dialog.getByText('It needs no further address', { exact: false })).toBeVisible()
    await dialog.getByRole('button', { name: 'Replace the machine' }).click()
    await expect(dialog).toBeHidden()
    await expect.poll(async () => (await uids(lab, tenant)).includes(chosen?.uid ?? ''), { timeout: 60_000 }).toBe(false)
    await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 90_000 })
    expect(await uids(lab, tenant)).toContain(before[1]?.metadata.uid)
  })

  await test.step('and one is taken away with its place: that one and no other', async () => {
    const [stays, goes] = (await list(lab, tenant, 'machines')).map(({ metadata }) => metadata)
    await row(goes?.name).click()
    await page.getByRole('button', { name: /^Remove / }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByText('none takes its place', { exact: false })).toBeVisible()
    await dialog.getByRole('button', { name: 'Remove the machine' }).click()
    await expect(dialog).toBeHidden()
    await expect.poll(() => uids(lab, tenant), { timeout: 60_000 }).toEqual([stays?.uid])
    const [deployment] = await list(lab, tenant, 'machinedeployments')
    expect(deployment?.spec?.['replicas']).toBe(1)
  })
})
