import type { KubeObject } from '@/lib/kubernetes/object'
import { fillCreate } from './support/create'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { expect, test } from './support/test'

const PASSWORD = 'hunter2/of the proxy'
const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'x'.repeat(43)} ops@example.com`

const GROUPS = { machinesets: 'cluster.x-k8s.io', kubeadmconfigtemplates: 'bootstrap.cluster.x-k8s.io' } as const
async function all(lab: Admin, tenant: string, plural: keyof typeof GROUPS): Promise<readonly KubeObject[]> {
  return ((await lab.custom.listNamespacedCustomObject({ group: GROUPS[plural], version: 'v1beta2', namespace: tenant, plural })) as { items: KubeObject[] }).items
}

test('machines with a proxy, a user and a file: checked, previewed, the password kept in a Secret, changed with words', async ({ page, tenant, lab }) => {
  await page.goto(`/t/${tenant}/create`)
  await fillCreate(page, { name: 'proxied', replicas: 1 })
  await page.getByRole('button', { name: /Node settings/ }).click()
  const section = (name: string) => page.getByRole('region', { name, exact: true })

  await test.step('what machines reach without the proxy is computed, and a password in its URL refused', async () => {
    const proxy = section('HTTP proxy')
    await proxy.getByRole('switch').click()
    await expect(proxy.getByRole('list', { name: 'Computed' }).getByRole('listitem')).toHaveText(['localhost', '127.0.0.1', '.svc', '.cluster.local', '10.40.12.0/24', '10.244.0.0/16', '10.96.0.0/16'])
    const url = proxy.getByRole('textbox', { name: 'Proxy', exact: true })
    await url.fill('http://me:secret@proxy.example.com:3128')
    await url.blur()
    await expect(proxy.getByText('A user name and a password do not belong into the URL', { exact: false })).toBeVisible()
    await url.fill('http://proxy.example.com:3128')
    await url.blur()
    await proxy.getByLabel('User name, if it asks for one').fill('me')
    await proxy.getByLabel('Password', { exact: true }).fill(PASSWORD)
    const own = proxy.getByRole('textbox', { name: 'Reached without the proxy' })
    await own.fill('.example.com')
    await own.blur()
  })
  await test.step('a user and a file', async () => {
    await section('Users').getByRole('button', { name: 'Add user' }).click()
    await section('Users').getByRole('textbox', { name: 'Name', exact: true }).fill('ops')
    await section('Users').getByRole('textbox', { name: /^SSH public keys/ }).fill(KEY)
    await section('Files').getByRole('button', { name: 'Add file' }).click()
    await section('Files').getByRole('textbox', { name: 'Path' }).fill('/etc/motd')
    await section('Files').getByRole('textbox', { name: 'Text of file 1' }).fill('hello\n')
  })
  await test.step('the preview has all of it and no password; neither has the draft', async () => {
    await page.getByRole('tab', { name: /YAML/ }).click()
    const yaml = page.getByRole('region', { name: 'YAML of the cluster' })
    await expect(yaml).toContainText('NO_PROXY=.cluster.local,.example.com,.svc,10.244.0.0/16,10.40.12.0/24,10.96.0.0/16,127.0.0.1,localhost')
    await expect(yaml).toContainText('kubelet.service.d/http-proxy.conf')
    await expect(yaml).not.toContainText('hunter2')
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('hunter2')
    await picture(page, 'node-settings', 1300, page.getByRole('button', { name: /Node settings/ }))
  })
  await page.getByRole('button', { name: 'Create cluster' }).click()
  await expect(page).toHaveURL(/clusters\/proxied/)

  await test.step('the Secret is the cluster’s own, and the only place of the password', async () => {
    const mine = async () => (await lab.core.listNamespacedSecret({ namespace: tenant, labelSelector: 'tenantry.dev/node-secret' })).items
    await expect.poll(async () => (await mine())[0]?.metadata?.ownerReferences?.[0]?.name).toBe('proxied')
    const [secret] = await mine()
    expect(Buffer.from(secret?.data?.['proxy'] ?? '', 'base64').toString()).toContain('HTTP_PROXY=http://me:hunter2%2Fof%20the%20proxy@proxy.example.com:3128')
    const templates = await all(lab, tenant, 'kubeadmconfigtemplates')
    expect(JSON.stringify(templates)).toContain(`"name":"${secret?.metadata?.name}"`)
    expect(JSON.stringify(templates)).not.toContain('hunter2')
  })

  const pool = `/t/${tenant}/clusters/proxied/pools/general`
  await test.step('read back on the pool’s page; another order differs in nothing', async () => {
    await expect(page.getByRole('button', { name: 'More for pool general' })).toBeVisible({ timeout: 60_000 })
    await page.goto(pool)
    expect(await page.content()).not.toContain('hunter2')
    await page.getByRole('button', { name: /Node settings.*Proxy, 1 user, 1 file/ }).click()
    const own = section('HTTP proxy').getByRole('textbox', { name: 'Reached without the proxy' })
    await expect(own).toHaveValue(/10\.40\.12\.0\/24/)
    await own.fill((await own.inputValue()).split('\n').toReversed().join('\n'))
    await own.blur()
    await expect(page.getByRole('button', { name: 'Review changes' })).toHaveAttribute('aria-disabled', 'true')
  })
  await test.step('another text of the file replaces the machine', async () => {
    await section('Files').getByRole('textbox', { name: 'Text of file 1' }).fill('hello you\n')
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByRole('row', { name: /File \/etc\/motd/ })).toContainText('Replaces machines')
    await page.getByRole('button', { name: /^KubeadmConfigTemplate/ }).click()
    await expect(page.getByRole('region', { name: /Difference of KubeadmConfigTemplate/ })).not.toContainText('hello')
    await page.getByRole('button', { name: 'Change and replace 1 machine' }).click()
    await expect(page).toHaveURL(/clusters\/proxied$/)
    await expect.poll(async () => (await all(lab, tenant, 'machinesets')).length).toBe(2)
  })
})

test('a values.yaml of the Helm chart fills the form and what it could not take is named; what few people change is under Advanced', async ({ page, tenant, lab }) => {
  await page.goto(`/t/${tenant}/create`)
  await page.getByRole('button', { name: 'Import values of the Helm chart' }).click()
  const values = page.getByRole('textbox', { name: 'values.yaml' })
  await values.fill('a: [')
  await page.getByRole('button', { name: 'Fill the form' }).click()
  await expect(page.getByText(/This is no YAML/)).toBeVisible()
  await values.fill(`
ipamProvider: { enabled: true, ranges: [10.40.12.96-10.40.12.111], prefix: "24", gateway: 10.40.12.1 }
cluster:
  name: imported
  controlPlane: { replicas: 2, labels: { cni: calico }, network: { serviceType: LoadBalancer, certSANs: [api.example.com] } }
nodePools:
  - { name: default, replicas: 1, numCPUs: 2, memoryMiB: 4096, diskGiB: 40, nameServers: [10.40.0.2], gateway: 10.0.0.1 }
`)
  await page.getByRole('button', { name: 'Fill the form' }).click()
  await expect(page.getByRole('list', { name: 'Values that were not taken' }).getByRole('listitem')).toHaveText([/^nodePools\[0\]\.gateway: The chart ignores it, and machines take addresses/])
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('imported')
  await picture(page, 'import-values', 1000)
  await page.getByRole('button', { name: /^Advanced/ }).click()
  const names = page.getByRole('textbox', { name: 'Certificate names' })
  await expect(names).toHaveValue('api.example.com')
  await names.fill('api.example.com:6443')
  await names.blur()
  await expect(page.getByText('has a port; a certificate names hosts alone')).toBeVisible()
  await names.fill('api.example.com')
  await names.blur()
  await page.getByRole('radio', { name: 'NodePort' }).click()
  await page.getByRole('button', { name: 'Create cluster' }).click()
  await expect(page.getByText('A node port needs a fixed address', { exact: false })).toBeVisible()
  await page.getByRole('radio', { name: 'LoadBalancer' }).click()
  await page.getByRole('button', { name: 'Create cluster' }).click()
  await expect(page).toHaveURL(/clusters\/imported/)
  const controlPlane = (await lab.custom.getNamespacedCustomObject({ group: 'controlplane.cluster.x-k8s.io', version: 'v1alpha2', namespace: tenant, plural: 'kamajicontrolplanes', name: 'imported' })) as KubeObject
  expect(controlPlane).toMatchObject({ metadata: { labels: { cni: 'calico' } }, spec: { replicas: 2, network: { serviceType: 'LoadBalancer', certSANs: ['api.example.com'] } } })
})
