import { connect } from 'node:tls'
import type { KubeObject } from '@/lib/kubernetes/object'
import { dig } from '@/lib/kubernetes/dig'
import { createCluster } from './support/create'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { expect, test } from './support/test'

const AT = { group: 'controlplane.cluster.x-k8s.io', version: 'v1alpha2', plural: 'kamajicontrolplanes', name: 'plane' } as const
const read = async (lab: Admin, namespace: string) => (await lab.custom.getNamespacedCustomObject({ ...AT, namespace })) as KubeObject
const patch = (lab: Admin, namespace: string, path: string, value: unknown) => lab.custom.patchNamespacedCustomObject({ ...AT, namespace, body: [{ op: 'replace', path, value }] })

/** Names in the certificate that the API serves with. */
const served = (host: string, port: number) => new Promise<string>((resolve, reject) => {
  const socket = connect({ host, port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().subjectaltname ?? '')
    socket.end()
  }).on('error', reject)
})

test('a control plane is changed: reviewed, reached, and refused where it is wrong or somebody else’s', async ({ page, tenant, lab }) => {
  await createCluster(page, tenant, { name: 'plane', replicas: 0, dhcp: true })
  const cluster = `/t/${tenant}/clusters/plane`
  await expect(page.getByRole('button', { name: 'Kubeconfig' })).not.toHaveAttribute('aria-disabled', 'true', { timeout: 90_000 })
  const heading = page.getByRole('heading', { level: 1, name: 'Control plane of plane', exact: true })
  const type = async (name: string, text: string) => {
    const field = page.getByRole('textbox', { name, exact: true })
    await field.fill(text)
    await field.blur()
  }
  const replicas = page.getByRole('textbox', { name: 'Replicas' })

  await test.step('the page is where its facts are, with what is fixed and why', async () => {
    await page.getByRole('link', { name: /Ready, 3 replicas/ }).click()
    await expect(heading).toBeVisible()
    await expect(page.getByRole('button', { name: 'Review changes' })).toHaveAttribute('aria-disabled', 'true')
    await expect(page.getByRole('region', { name: 'Fixed when the cluster was created' })).toContainText('Another type gives the API another address')
    await expect(page.getByRole('textbox', { name: 'Service domain' })).toHaveCount(0)
    await picture(page, 'control-plane-form', 2300)
  })

  await test.step('bad input is told at its field', async () => {
    await type('Certificate names', 'api.example.com:6443')
    await type('API server arguments', 'v=2')
    await page.getByRole('button', { name: 'Review 2 changes' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'Not changed: 2 fields to correct' })).toBeFocused()
    await expect(page.getByText('“api.example.com:6443” has a port; a certificate names hosts alone.')).toBeVisible()
    await expect(page.getByText('“v=2” is not an argument such as --v=2.')).toBeVisible()
    await type('API server arguments', '')
  })

  await test.step('the review says what happens, and writes nothing', async () => {
    await type('Certificate names', 'api.example.com')
    await type('Cluster labels', 'cni=calico')
    await replicas.fill('2')
    await replicas.blur()
    const before = (await read(lab, tenant)).metadata.resourceVersion
    await page.getByRole('button', { name: 'Review 3 changes' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Review: Control plane of plane' })).toBeFocused()
    await expect(page.getByText('The control plane goes from 3 to 2 replicas.')).toBeVisible()
    await expect(page.getByText(/Kamaji starts 2 new Pods .* The API stays reachable\./)).toBeVisible()
    await expect(page.getByRole('row', { name: /Certificate names/ })).toContainText('Replaces Pods')
    await page.getByRole('button', { name: /^KamajiControlPlane/ }).click()
    await expect(page.getByRole('region', { name: /Difference of KamajiControlPlane/ })).toContainText('+     - api.example.com')
    expect((await read(lab, tenant)).metadata.resourceVersion).toBe(before)
    await page.evaluate(() => { window.scrollTo(0, 0) })
    await picture(page, 'control-plane-review', 1200)
  })

  await test.step('the cluster’s page says that it changes, and when it is done', async () => {
    await page.getByRole('button', { name: 'Change and replace 2 Pods' }).click()
    await expect(page).toHaveURL(new RegExp(`${cluster}$`))
    await expect(page.getByText(/Kamaji is about to change the control plane|The Pods of the control plane are replaced|goes from \d to 2 replicas/).first()).toBeVisible({ timeout: 30_000 })
    await expect(page.getByRole('link', { name: /Ready, 2 replicas/ })).toBeVisible({ timeout: 60_000 })
    const { host, port } = dig(await read(lab, tenant), 'spec', 'controlPlaneEndpoint') as { host: string; port: number }
    await expect.poll(() => served(host, port).catch(() => ''), { timeout: 30_000 }).toContain('DNS:api.example.com')
    await expect(page.getByText(/Control plane: Replicas from 3 to 2, Certificate names from not set to api\.example\.com/)).toBeVisible()
    expect((await read(lab, tenant)).metadata.labels?.['cni']).toBe('calico')
  })

  await test.step('what is typed over before the page listens is kept, and nothing of what was there', async () => {
    const slow = await page.context().newCDPSession(page)
    await slow.send('Emulation.setCPUThrottlingRate', { rate: 8 })
    await page.goto(`${cluster}/control-plane`)
    await type('Certificate names', 'other.example.com')
    await expect(page.getByRole('button', { name: 'Review 1 change' })).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Certificate names' })).toHaveValue('other.example.com')
    await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await slow.detach()
  })

  await test.step('an outdated page is a conflict; what was typed is kept on the control plane as it is', async () => {
    await page.goto(`${cluster}/control-plane`)
    await replicas.fill('4')
    await replicas.blur()
    await patch(lab, tenant, '/spec/replicas', 1)
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText('Replicas was 2 and is 1 now', { exact: false })).toBeVisible()
    await page.getByRole('button', { name: 'Load again, keep what I changed' }).click()
    await expect(page.getByText(/Other tools hold Replicas \(/)).toBeVisible()
    await expect(replicas).toHaveValue('4')
  })

  await test.step('a field of another tool is named with its owner, and nothing is forced', async () => {
    await page.getByRole('button', { name: 'Review 1 change' }).click()
    await expect(page.getByText(/Another tool holds what this would change: Replicas \(.+\)\. Nothing was forced/)).toBeVisible()
    expect((await read(lab, tenant)).spec?.['replicas']).toBe(1)
  })
})
