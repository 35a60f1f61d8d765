import { readFileSync } from 'node:fs'
import { fillCreate } from './support/create'
import { picture } from './support/picture'
import { expect, test, VIC } from './support/test'
import { objectsOf } from './support/tenant'

test('a cluster comes with its add-ons; they are installed, changed and removed later, and the sign-in stays out of sight', async ({ page, tenant, lab, facts, signedIn }) => {
  const password = readFileSync(facts.vcenter.passwordFile, 'utf8').trim()
  const cluster = `/t/${tenant}/clusters/extras`
  const panel = (name: string) => page.getByRole('region', { name, exact: true })
  const deployments = async () => (await lab.custom.listNamespacedCustomObject({ group: 'apps', version: 'v1', namespace: tenant, plural: 'deployments' }) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name).toSorted()

  await test.step('the form has them on, and refuses half a topology at its field', async () => {
    await page.goto(`/t/${tenant}/create`)
    await fillCreate(page, { name: 'extras', replicas: 0, dhcp: true })
    await page.getByRole('button', { name: /^Cloud provider/ }).click()
    await expect(page.getByRole('switch', { name: 'Install vSphere cloud provider' })).toBeChecked()
    await page.getByLabel('Region tag category', { exact: true }).fill('k8s-region')
    await page.getByRole('button', { name: 'Create cluster' }).click()
    await expect(page.getByText('Give the tag category of zones as well, or leave both empty.').first()).toBeVisible()
    expect(await objectsOf(lab, tenant)).toEqual([])
    await page.getByLabel('Zone tag category', { exact: true }).fill('k8s-zone')
    await page.getByRole('tab', { name: /YAML/ }).click()
    await expect(page.getByRole('region', { name: 'YAML of the cluster' })).toContainText('kind: ClusterResourceSet')
  })

  await test.step('create writes them, with Secrets that the Cluster owns', async () => {
    await page.getByRole('button', { name: 'Create cluster' }).click()
    await expect(page).toHaveURL(new RegExp(`${cluster}`))
    expect(await deployments()).toEqual(['extras-vsphere-cloud-controller-manager', 'extras-vsphere-csi-controller'])
    const secret = await lab.core.readNamespacedSecret({ namespace: tenant, name: 'extras-vsphere-config-secret' })
    const text = Buffer.from(secret.data?.['vsphere.conf'] ?? '', 'base64').toString()
    expect(text).toContain('zone: k8s-zone')
    expect(text.includes(password), 'the sign-in of the identity').toBe(true)
    expect(secret.metadata?.ownerReferences).toMatchObject([{ kind: 'Cluster', name: 'extras' }])
  })

  await test.step('their page says what is there, and that nothing runs them in this lab', async () => {
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Add-ons' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Add-ons of extras' })).toBeVisible()
    const cpi = panel('vSphere cloud provider')
    await expect(cpi).toContainText('Not started')
    await expect(cpi).toContainText('0 of 2')
    await expect(cpi).toContainText('k8s-zone')
    await expect(panel('Cluster autoscaler')).toContainText('Not installed.')
  })

  await test.step('the storage’s part arrives in the cluster', async () => {
    await expect(async () => {
      await page.getByRole('button', { name: 'Refresh' }).click()
      await expect(panel('vSphere storage')).toContainText('Arrived', { timeout: 2_000 })
    }).toPass({ timeout: 120_000 })
    await picture(page, 'add-ons')
  })

  await test.step('the autoscaler is installed, and removed', async () => {
    await panel('Cluster autoscaler').getByRole('button', { name: 'Install' }).click()
    await page.getByRole('dialog').getByLabel('Image version').fill('v1.20.0')
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click()
    await expect(page.getByRole('dialog')).toContainText('own minor')
    await page.getByRole('dialog').getByLabel('Image version').fill('')
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click()
    await expect(panel('Cluster autoscaler').getByRole('button', { name: 'Remove' })).toBeVisible()
    expect(await deployments()).toContain('extras-cluster-autoscaler')
    await panel('Cluster autoscaler').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(panel('Cluster autoscaler')).toContainText('Not installed.')
    expect(await deployments()).not.toContain('extras-cluster-autoscaler')
  })

  await test.step('metrics are set up, and say that this management cluster has no ServiceMonitor', async () => {
    await panel('Metrics').getByRole('button', { name: 'Install' }).click()
    await page.getByRole('dialog').getByLabel('Scraper').fill('prometheus')
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click()
    await expect(page.getByRole('dialog')).toContainText('as namespace/name')
    await page.getByRole('dialog').getByLabel('Scraper').fill('monitoring/prometheus')
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click()
    await expect(panel('Metrics')).toContainText('Not written')
    await expect(panel('Metrics')).toContainText('monitoring/prometheus')
    await expect(async () => {
      await page.getByRole('button', { name: 'Refresh' }).click()
      await expect(panel('Metrics')).toContainText('Arrived', { timeout: 2_000 })
    }).toPass({ timeout: 60_000 })
    const token = Buffer.from((await lab.core.readNamespacedSecret({ namespace: tenant, name: 'extras-metrics-token' })).data?.['token'] ?? '', 'base64').toString()
    expect(token).toMatch(/^metric\.[a-z0-9]{16}$/)
    expect((await page.content()).includes(token.slice(7)), 'the token reached a page').toBe(false)
    await panel('Metrics').getByRole('button', { name: 'Remove' }).click()
    await expect(page.getByRole('alertdialog')).toContainText('bootstrap-token-metric')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(panel('Metrics')).toContainText('Not installed.')
  })

  await test.step('a StorageClass keeps its policy; another one takes another name', async () => {
    await panel('vSphere storage').getByRole('button', { name: 'Settings' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Storage policy').fill('Gold')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toContainText('keeps its storage policy for ever')
    await dialog.getByLabel('StorageClass').fill('gold')
    await dialog.getByRole('radiogroup', { name: 'Reclaim policy' }).getByRole('radio', { name: 'Retain' }).click()
    await dialog.getByRole('button', { name: 'Show the difference' }).click()
    await expect(dialog.getByRole('button', { name: /^ConfigMap extras-csi-.* changed$/ })).toBeVisible()
    await dialog.getByRole('button', { name: /^Deployment extras-vsphere-csi-controller changed$/ }).click()
    await expect(dialog.getByRole('region', { name: 'Difference of Deployment extras-vsphere-csi-controller' })).toContainText('"policy":"Gold"')
    await picture(page, 'add-on-difference', 1000)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(panel('vSphere storage')).toContainText('Gold')
    await expect(panel('vSphere storage')).toContainText('Retain')
  })

  await test.step('a changed sign-in is told, and Update copies it', async () => {
    await lab.core.patchNamespacedSecret({ name: 'vsphere-north', namespace: 'capv-system', body: [{ op: 'add', path: '/metadata/annotations', value: { 'example.com/touched': String(Date.now()) } }] })
    await page.getByRole('button', { name: 'Refresh' }).click()
    const cpi = panel('vSphere cloud provider')
    await expect(cpi).toContainText('The vSphere sign-in has changed since it was copied here.')
    await cpi.getByRole('button', { name: 'Update' }).click()
    await expect(cpi.getByRole('button', { name: 'Repair' })).toBeVisible()
    await expect(cpi).not.toContainText('has changed since')
  })

  await test.step('a viewer looks and changes nothing; the password is on no page', async () => {
    const viewer = await signedIn(VIC)
    await viewer.goto(`${cluster}/add-ons`)
    await expect(viewer.getByRole('region', { name: 'vSphere storage' })).toContainText('gold')
    await expect(viewer.getByRole('button', { name: 'Remove' }).first()).toHaveAttribute('aria-disabled', 'true')
    const seen = [await page.content(), await viewer.content(), await (await page.request.get(`${cluster}/add-ons`)).text()].join('')
    expect(seen.includes(password), 'the password reached a page').toBe(false)
  })
})

test('what is switched off is not made, and says what the cluster will lack', async ({ page, tenant, lab }) => {
  await page.goto(`/t/${tenant}/create`)
  await fillCreate(page, { name: 'bare', replicas: 0, dhcp: true })
  for (const [row, name] of [['Cloud provider', 'vSphere cloud provider'], ['Storage', 'vSphere storage']] as const) {
    await page.getByRole('button', { name: new RegExp(`^${row}`) }).click()
    await page.getByRole('switch', { name: `Install ${name}` }).click()
    await expect(page.getByRole('button', { name: new RegExp(`^${row} Off`) })).toBeVisible()
  }
  await expect(page.getByText('Volumes that Pods ask for stay pending.')).toBeVisible()
  await page.getByRole('button', { name: 'Create cluster' }).click()
  await expect(page).toHaveURL(/clusters\/bare/)
  const made = (await lab.custom.listNamespacedCustomObject({ group: 'apps', version: 'v1', namespace: tenant, plural: 'deployments' })) as { items: unknown[] }
  expect(made.items).toEqual([])
  expect((await lab.core.listNamespacedSecret({ namespace: tenant })).items.map(({ metadata }) => metadata?.name).filter((name) => name?.endsWith('-config-secret'))).toEqual([])
})
