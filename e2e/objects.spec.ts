import type { KubernetesObject } from '@kubernetes/client-node'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { KubeObject } from '@/lib/kubernetes/object'
import { expectAccessible } from './support/accessible'
import { createCluster, machinesIn } from './support/create'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { BEA, expect, test, VIC } from './support/test'

const run = promisify(execFile)

/** The token by which the machine joins, as Kubernetes itself shows it. */
async function joinToken(lab: Admin, namespace: string): Promise<string> {
  const { items } = (await lab.custom.listNamespacedCustomObject({ group: 'bootstrap.cluster.x-k8s.io', version: 'v1beta2', namespace, plural: 'kubeadmconfigs' })) as { items: KubeObject[] }
  const token = /"token":"([^"]+)"/.exec(JSON.stringify(items))?.[1]
  if (token === undefined) throw new Error('no KubeadmConfig has a token')
  return token
}

test('every object is listed and read without credentials, and the export is taken by kubectl as it is', async ({ page, tenant, lab, facts, signedIn }) => {
  await createCluster(page, tenant, { name: 'listed', replicas: 1 })
  await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 120_000 })
  const token = await joinToken(lab, tenant)

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Objects and export' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Objects of listed' })).toBeVisible()
  const table = page.getByRole('table', { name: 'Objects of listed' })

  await test.step('what was asked for comes first, then what was made of it; search and kind narrow it', async () => {
    await expect(table.getByRole('rowheader')).toHaveText(['What was asked for', 'Add-ons', 'What controllers made of it'])
    await expect(table.getByRole('button', { name: 'listed, Cluster: show its YAML' })).toBeVisible()
    await expect(table.getByRole('button', { name: 'listed-vsphere-csi-controller, Deployment: show its YAML' })).toBeVisible()
    await expect(table.getByRole('button', { name: /, ClusterResourceSet: show its YAML$/ })).toHaveCount(1)
    await picture(page, 'objects')
    await expectAccessible(page, 'objects')
    await page.getByRole('searchbox').fill('kubeadm')
    await expect(page).toHaveURL(/q=kubeadm/)
    await expect(table.getByRole('button')).toHaveCount(2)
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: /^KubeadmConfig\b/ }).click()
    await expect(page.getByText('1 object', { exact: true })).toBeVisible()
  })

  await test.step('of an add-on there is its Deployment, and of another Deployment in the Namespace nothing', async () => {
    const answer = (name: string) => page.request.get(`/api/t/${tenant}/clusters/listed/objects?kind=Deployment&object=${name}`)
    const shown = await answer('listed-vsphere-csi-controller')
    expect(await shown.text()).toContain('csi-provisioner')
    const selector = { matchLabels: { app: 'foreign' } }
    await lab.objects.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'foreign', namespace: tenant }, spec: { selector, template: { metadata: { labels: selector.matchLabels }, spec: { containers: [{ name: 'a', image: 'a', env: [{ name: 'TOKEN', value: 'hunter2' }] }] } } } } as KubernetesObject)
    const foreign = await answer('foreign')
    expect(foreign.status()).toBe(404)
    expect(await foreign.text()).not.toContain('hunter2')
  })

  await test.step('the object by which a machine joins is shown without its token', async () => {
    const answers: string[] = []
    page.on('response', (response) => void response.text().then((text) => answers.push(text), () => undefined))
    await table.getByRole('button', { name: /KubeadmConfig: show its YAML$/ }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText(/May be credentials, and left out/)).toContainText('spec.joinConfiguration.discovery.bootstrapToken.token')
    await expect(dialog.getByRole('region', { name: /^YAML of/ })).toContainText('token: (left out)')
    await picture(page, 'object-yaml')
    await expectAccessible(page, 'one object')
    await page.keyboard.press('Escape')
    await expect(page).not.toHaveURL(/open=/)
    expect(answers.join('\n')).not.toContain(token)
  })

  await test.step('a viewer may not read that kind, neither here nor with kubectl, and is told so', async () => {
    const viewer = await signedIn(VIC)
    await viewer.goto(`/t/${tenant}/clusters/listed/objects`)
    await expect(viewer.getByText('You may not read KubeadmConfig in this tenant', { exact: false })).toBeVisible()
    await expect(viewer.getByRole('button', { name: 'listed, Cluster: show its YAML' })).toBeVisible()
    const asViewer = run(join(facts.binDir, 'kubectl'), ['get', 'kubeadmconfigs', '-n', tenant, `--as=oidc:${VIC}`], { env: { ...process.env, KUBECONFIG: facts.adminKubeconfig } })
    await expect(asViewer).rejects.toThrow(/forbidden/i)
  })

  await test.step('the export is a folder that the API server accepts whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'export-'))
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const file = await download
    await expect(page.getByText('The export of listed is in your downloads')).toBeVisible()
    expect(file.suggestedFilename()).toBe('listed.tar.gz')
    await run('tar', ['-xzf', await file.path(), '-C', folder])
    expect(await readdir(join(folder, 'listed'))).toContain('kustomization.yaml')
    const { stdout } = await run(join(facts.binDir, 'kubectl'), ['apply', '-k', join(folder, 'listed'), '--dry-run=server', '--validate=strict', `--as=oidc:${BEA}`], { env: { ...process.env, KUBECONFIG: facts.adminKubeconfig } })
    expect(stdout).toMatch(/cluster\.cluster\.x-k8s\.io\/listed \w+ \(server dry run\)/)
    await rm(folder, { recursive: true, force: true })
  })
})

test('a cluster that is not there is said, without a table', async ({ page, tenant }) => {
  await page.goto(`/t/${tenant}/clusters/never-made/objects`)
  await expect(page.getByRole('heading', { name: 'There is nothing of never-made here' })).toBeVisible()
})
