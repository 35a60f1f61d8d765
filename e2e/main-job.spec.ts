import { readFileSync } from 'node:fs'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { createCluster, fillCreate, machinesIn } from './support/create'
import { objectsOf } from './support/tenant'
import { BEA, expect, test, VIC } from './support/test'
import { vmNames } from './support/vcenter'

test('a tenant admin creates a cluster, watches it come up, uses it, scales it and deletes it', async ({ page, tenant, lab, facts, signedIn }) => {
  const second = await signedIn(VIC)
  await second.goto(`/t/${tenant}/clusters`)
  await expect(second.getByText('This tenant has no clusters yet')).toBeVisible()

  await test.step('create', async () => {
    await page.goto(`/t/${tenant}/clusters`)
    await page.getByRole('link', { name: 'Create cluster' }).first().click()
    await fillCreate(page, { name: 'lunch', replicas: 2 })
    await page.getByRole('tab', { name: /YAML/ }).click()
    await expect(page.getByText('kind: KamajiControlPlane')).toBeVisible()
    expect(await objectsOf(lab, tenant), 'the preview writes nothing').toEqual([])
    await page.getByRole('button', { name: 'Create cluster' }).click()
    await expect(page).toHaveURL(new RegExp(`/t/${tenant}/clusters/lunch`))
  })

  await test.step('the kubeconfig button says what it waits for', async () => {
    const button = page.getByRole('button', { name: 'Kubeconfig' })
    await expect(button).toBeVisible()
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await expect(button).toHaveAccessibleDescription(/It waits for /)
  })

  await test.step('machines come up live, here and in a second browser, without a reload', async () => {
    await expect(machinesIn(page, 'Ready')).toHaveCount(2, { timeout: 120_000 })
    await expect(page.getByRole('heading', { level: 1, name: 'lunch' })).toBeVisible()
    await expect(second.getByRole('row', { name: /lunch/ }).getByText('2 of 2')).toBeVisible({ timeout: 30_000 })
    await expect(second.getByRole('row', { name: /lunch/ }).getByText('Ready', { exact: true })).toBeVisible()
  })

  await test.step('the downloaded kubeconfig lists the Ready nodes, and its token ends', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Kubeconfig' }).click()
    const file = await (await download).path()
    const config = new KubeConfig()
    config.loadFromFile(file)
    const nodes = (await config.makeApiClient(CoreV1Api).listNode()).items
    expect(nodes.map((node) => node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status)).toEqual(['True', 'True'])
    const token = config.getCurrentUser()?.token ?? ''
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number; iat: number }
    expect(claims.exp - claims.iat).toBe(8 * 3600)
    expect(readFileSync(file, 'utf8')).not.toContain('client-key-data')
  })

  await test.step('a viewer’s kubeconfig reads and does not write', async () => {
    await second.getByRole('link', { name: 'lunch' }).click()
    const download = second.waitForEvent('download')
    await second.getByRole('button', { name: 'Kubeconfig' }).click()
    const config = new KubeConfig()
    config.loadFromFile(await (await download).path())
    const core = config.makeApiClient(CoreV1Api)
    await core.listNamespacedPod({ namespace: 'default' })
    await expect(core.createNamespace({ body: { metadata: { name: 'no' } } })).rejects.toMatchObject({ code: 403 })
  })

  await test.step('scale up and down', async () => {
    await page.getByRole('button', { name: 'Scale pool general' }).click()
    const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
    await size.fill('3')
    await size.blur()
    await page.getByRole('button', { name: 'Scale to 3 and add 1 machine' }).click()
    await expect(machinesIn(page, 'Ready')).toHaveCount(3, { timeout: 90_000 })
    await expect(machinesIn(second, 'Ready')).toHaveCount(3)

    await page.getByRole('button', { name: 'Scale pool general' }).click()
    await size.fill('1')
    await size.blur()
    await page.getByRole('button', { name: 'Scale to 1 and remove 2 machines' }).click()
    await expect(page.getByRole('table', { name: /Machines/ }).getByRole('row')).toHaveCount(2, { timeout: 90_000 })
  })

  await test.step('the timeline tells it all, with who asked', async () => {
    const activity = page.getByRole('region', { name: 'Activity' })
    await expect(activity.getByText(BEA).first()).toBeVisible()
    await page.reload()
    await expect(activity.getByText(BEA).first()).toBeVisible()
  })

  await test.step('delete: the page shows what is left, then that it is gone', async () => {
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete cluster' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByRole('button', { name: /^Delete cluster/ }).click()
    await expect(dialog.getByText(/The name is lunch/)).toBeVisible()
    await dialog.getByRole('textbox').fill('lunch')
    await dialog.getByRole('button', { name: /^Delete cluster/ }).click()
    await expect(page.getByRole('heading', { name: 'Deleting lunch' })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'lunch is gone' })).toBeVisible({ timeout: 120_000 })
  })

  await test.step('nothing is left in the namespace or in vCenter', async () => {
    await expect.poll(() => objectsOf(lab, tenant), { timeout: 60_000 }).toEqual([])
    expect((await vmNames(facts)).filter((name) => name.startsWith('lunch-'))).toEqual([])
  })
})

test('a cluster with a fixed endpoint answers at exactly that address and port', async ({ page, tenant, lab }) => {
  await page.goto(`/t/${tenant}/create`)
  await fillCreate(page, { name: 'fixed', replicas: 0, dhcp: true })
  await page.getByRole('button', { name: /API endpoint/ }).click()
  await page.getByRole('radio', { name: /Fixed/ }).click()
  const [host, port] = [`127.0.${Math.floor(Math.random() * 200) + 20}.7`, 20_000 + Math.floor(Math.random() * 5_000)]
  await page.getByLabel('Address', { exact: true }).fill(host)
  const portField = page.getByRole('textbox', { name: 'Port' })
  await portField.fill(String(port))
  await portField.blur()
  await page.getByRole('button', { name: 'Create cluster' }).click()
  await expect(page).toHaveURL(/clusters\/fixed/)
  await expect(page.getByText(`${host}:${port}`)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: 'Kubeconfig' })).not.toHaveAttribute('aria-disabled', 'true', { timeout: 90_000 })
  const object = async (group: string, version: string, plural: string) =>
    (await lab.custom.getNamespacedCustomObject({ group, version, plural, namespace: tenant, name: 'fixed' })) as { spec: { controlPlaneEndpoint?: unknown } }
  expect((await object('controlplane.cluster.x-k8s.io', 'v1alpha2', 'kamajicontrolplanes')).spec.controlPlaneEndpoint).toEqual({ host, port })
  expect((await object('infrastructure.cluster.x-k8s.io', 'v1beta2', 'vsphereclusters')).spec.controlPlaneEndpoint).toEqual({ host, port })
})

test('the main job is done by keyboard alone', async ({ page, tenant }) => {
  // A key is heard once the page listens; so does its stream then.
  const streaming = page.waitForResponse((response) => response.url().endsWith('/stream'))
  await page.goto(`/t/${tenant}/clusters`)
  await streaming
  await page.keyboard.press('c')
  await expect(page).toHaveURL(new RegExp(`/t/${tenant}/create`))
  await expect(page.getByRole('heading', { level: 1, name: 'Create cluster' })).toBeVisible()
  await expect(page.getByRole('main'), 'Tab goes on from the page, not from the skip link').toBeFocused()
  await page.getByLabel('Name', { exact: true }).focus()
  await page.keyboard.type('keys')
  await fillCreate(page, { name: 'keys', replicas: 0, dhcp: true })
  await page.getByLabel('Name', { exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/clusters\/keys/)
  await expect(page.getByRole('main')).toBeFocused()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page.getByRole('row', { name: /keys/ })).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'keys' })).toBeVisible()
})

test('two clusters of one tenant live side by side', async ({ page, tenant }) => {
  await createCluster(page, tenant, { name: 'left', replicas: 1 })
  await createCluster(page, tenant, { name: 'right', replicas: 1, dhcp: true })
  await page.goto(`/t/${tenant}/clusters`)
  for (const name of ['left', 'right']) await expect(page.getByRole('row', { name: new RegExp(name) }).getByText('1 of 1')).toBeVisible({ timeout: 120_000 })
  await page.getByRole('searchbox').fill('rig')
  await expect(page.getByRole('row', { name: /left/ })).toHaveCount(0)
  await expect(page).toHaveURL(/rig/)
})
