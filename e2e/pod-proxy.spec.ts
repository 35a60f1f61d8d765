import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node'
import { POLICY_ARGS } from '@/lib/addons/policy-version'
import { fillCreate } from './support/create'
import { killPart, revivePart } from './support/lab'
import { expect, test } from './support/test'

const FIRST = 'http://proxy.example.com:3128'
const SECOND = 'http://other.example.com:8080'

test('Pods get a proxy with a new cluster, another one later, and none once it is removed; it is installed again where the API server lacks its arguments', async ({ page, tenant, lab }) => {
  const panel = page.getByRole('region', { name: 'Proxy in Pods', exact: true })
  const dialog = page.getByRole('dialog')
  const plane = { group: 'controlplane.cluster.x-k8s.io', version: 'v1alpha2', namespace: tenant, plural: 'kamajicontrolplanes', name: 'proxied' }
  const args = async () => ((await lab.custom.getNamespacedCustomObject(plane)) as { spec: { apiServer?: { extraArgs?: string[] } } }).spec.apiServer?.extraArgs
  const inside = async () => {
    const secret = await lab.core.readNamespacedSecret({ namespace: tenant, name: 'proxied-kubeconfig' })
    const config = new KubeConfig()
    config.loadFromString(Buffer.from(secret.data?.['value'] ?? '', 'base64').toString())
    return { core: config.makeApiClient(CoreV1Api), custom: config.makeApiClient(CustomObjectsApi) }
  }
  /** What a new Pod would have. */
  const proxyOfPod = async () => {
    const { core } = await inside()
    await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name: 'default' } } }).catch(() => undefined)
    const pod = await core.createNamespacedPod({ namespace: 'default', dryRun: 'All', body: { metadata: { name: 'probe' }, spec: { containers: [{ name: 'main', image: 'busybox' }] } } })
    return pod.spec?.containers[0]?.env?.find(({ name }) => name === 'HTTPS_PROXY')?.value ?? null
  }
  const untilPodsHave = (url: string | null) => expect(async () => expect(await proxyOfPod()).toBe(url)).toPass({ timeout: 100_000, intervals: [1_000] })

  await test.step('the form begins with the proxy of the machines, shows what is reached without it, and takes no password', async () => {
    await page.goto(`/t/${tenant}/create`)
    await fillCreate(page, { name: 'proxied', replicas: 0 })
    await page.getByRole('button', { name: /Node settings/ }).click()
    const machines = page.getByRole('region', { name: 'HTTP proxy', exact: true })
    await machines.getByRole('switch').click()
    await machines.getByRole('textbox', { name: 'Proxy', exact: true }).fill(FIRST)
    await page.getByRole('button', { name: /^Proxy in Pods/ }).click()
    await page.getByRole('switch', { name: 'Install Proxy in Pods' }).click()
    const url = page.getByLabel('Proxy of Pods', { exact: true })
    await expect(url).toHaveValue(FIRST)
    await expect(page.getByRole('list', { name: 'Computed for Pods' })).toContainText('10.40.12.0/24')
    await expect(page.getByText(POLICY_ARGS.join(' '))).toBeVisible()
    await url.fill('http://ada:secret@proxy.example.com:3128')
    await url.blur()
    await expect(page.getByText(/Give the URL without user name and password/).first()).toBeVisible()
    await url.fill(FIRST)
    await page.getByLabel('Also reached without it', { exact: true }).fill('.corp.example.com')
    await page.getByRole('button', { name: 'Create cluster' }).click()
    await expect(page).toHaveURL(/clusters\/proxied/)
    expect(await args()).toEqual([...POLICY_ARGS])
  })

  await test.step('it arrives in the cluster, and new Pods have it', async () => {
    await page.goto(`/t/${tenant}/clusters/proxied/add-ons`)
    await expect(async () => {
      await page.getByRole('button', { name: 'Refresh' }).click()
      await expect(panel).toContainText('Arrived', { timeout: 2_000 })
    }).toPass({ timeout: 120_000 })
    await expect(panel).toContainText('.corp.example.com')
    await untilPodsHave(FIRST)
  })

  await test.step('another URL reaches new Pods', async () => {
    await panel.getByRole('button', { name: 'Settings' }).click()
    await dialog.getByLabel('Proxy', { exact: true }).fill(SECOND)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toHaveCount(0)
    await untilPodsHave(SECOND)
  })

  await test.step('while the cluster does not answer it is not removed, and the page says so', async () => {
    await killPart(`tenant-api:${tenant}/proxied`)
    await panel.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(page.getByRole('alertdialog')).toContainText('The API of proxied')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep it' }).click()
    await revivePart(`tenant-api:${tenant}/proxied`)
    await untilPodsHave(SECOND)
  })

  await test.step('removed, the policy is out of the cluster', async () => {
    await panel.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(panel).toContainText('Not installed.', { timeout: 30_000 })
    const { custom } = await inside()
    expect(await custom.listClusterCustomObject({ group: 'admissionregistration.k8s.io', version: 'v1beta1', plural: 'mutatingadmissionpolicies' })).toMatchObject({ items: [] })
    // The API server reads its policies each second.
    await untilPodsHave(null)
  })

  await test.step('where the API server has lost the arguments, the dialog says what installing changes', async () => {
    await lab.custom.patchNamespacedCustomObject({ ...plane, body: [{ op: 'replace', path: '/spec/apiServer/extraArgs', value: ['--feature-gates=MutatingAdmissionPolicy=false'] }] })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(panel).toContainText('switch MutatingAdmissionPolicy off')
    await lab.custom.patchNamespacedCustomObject({ ...plane, body: [{ op: 'remove', path: '/spec/apiServer' }] })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(panel).not.toContainText('switch MutatingAdmissionPolicy off')
    await panel.getByRole('button', { name: 'Install' }).click()
    await expect(dialog).toContainText('The control plane’s Pods are replaced')
    await expect(dialog.getByLabel('Proxy', { exact: true })).toHaveValue(FIRST)
    await expect(dialog.getByLabel('Reached without the proxy')).toHaveValue(/10\.40\.12\.0\/24\n/)
    await dialog.getByRole('button', { name: 'Install' }).click()
    await expect(dialog).toHaveCount(0)
    expect(await args()).toEqual([...POLICY_ARGS])
    await untilPodsHave(FIRST)
  })
})
