import type { Page } from '@playwright/test'
import { createCluster, fillCreate } from './support/create'
import { objectsOf } from './support/tenant'
import { expect, test } from './support/test'

const submit = (page: Page) => page.getByRole('button', { name: 'Create cluster' }).click()

test.describe('before anything is written', () => {
  test.beforeEach(async ({ page, tenant }) => {
    await page.goto(`/t/${tenant}/create`)
  })
  test.afterEach(async ({ lab, tenant }) => {
    expect(await objectsOf(lab, tenant)).toEqual([])
  })

  test('a name that Kubernetes would refuse is refused at the field', async ({ page }) => {
    const name = page.getByLabel('Name', { exact: true })
    await fillCreate(page, { name: 'Über_Cluster', dhcp: true })
    await name.blur()
    await expect(name).toHaveAttribute('aria-invalid', 'true')
    await expect(name).toHaveAccessibleDescription(/a.z/)
  })

  test('a name too long for the machines made from it is refused with the limit', async ({ page }) => {
    const name = page.getByLabel('Name', { exact: true })
    await fillCreate(page, { name: 'a'.repeat(60), dhcp: true })
    await name.blur()
    await expect(name).toHaveAccessibleDescription(/60 characters.*can have \d+/)
  })

  test('the summary of errors takes the focus and leads to each field', async ({ page }) => {
    await submit(page)
    const summary = page.getByRole('alert').filter({ hasText: 'Not created' })
    await expect(summary).toBeFocused()
    await summary.getByRole('link', { name: 'Name' }).click()
    await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  })

  test('a range outside its network, with the gateway in it, or too small is refused with both values', async ({ page }) => {
    const range = page.getByLabel('Range', { exact: true })
    await fillCreate(page, { name: 'ranges', replicas: 5, range: '10.99.0.10-10.99.0.50', gateway: '10.40.12.1' })
    await submit(page)
    await expect(range).toHaveAccessibleDescription(/10\.99\.0\.10-10\.99\.0\.50 is not inside 10\.40\.12\.0\/24/)
    await range.fill('10.40.12.1-10.40.12.60')
    await expect(range).toHaveAccessibleDescription(/gateway 10\.40\.12\.1/)
    await range.fill('10.40.12.64-10.40.12.68')
    await expect(range).toHaveAccessibleDescription(/holds 5 addresses\. 5 machines and 1 more/)
    await page.getByRole('button', { name: /^Use 10\.40\.12\.64/ }).click()
    await expect(range).not.toHaveAttribute('aria-invalid', 'true')
  })

  test('networks that overlap are refused with both values', async ({ page }) => {
    await fillCreate(page, { name: 'nets', dhcp: true })
    await page.getByRole('button', { name: /^Networks/ }).click()
    const pods = page.getByLabel('Pod network', { exact: true })
    await pods.fill('10.96.0.0/12')
    await pods.blur()
    await expect(pods).toHaveAccessibleDescription(/10\.96\.0\.0\/12 overlaps the service network 10\.96\.0\.0\/16/)
  })

  test('only versions with a VM template are offered', async ({ page }) => {
    await page.getByRole('combobox', { name: 'Kubernetes' }).click()
    await expect(page.getByRole('option')).toHaveText([/1\.35\.2/, /1\.34\.3/, /1\.34\.1/])
  })

  test('the server refuses the same when the form is bypassed', async ({ page, tenant, expectedErrors }) => {
    expectedErrors.push(/ERR_FAILED/, /Failed to fetch/) // the genuine request, held back below
    await fillCreate(page, { name: 'bypass', replicas: 1, dhcp: true })
    const cases: [RegExp, (spec: Record<string, unknown>) => Record<string, unknown>][] = [
      [/"name":/, (spec) => ({ ...spec, name: 'Bad_Name' })],
      [/"version":/, (spec) => ({ ...spec, version: 'v1.20.0' })],
      [/"networks.pods":/, (spec) => ({ ...spec, networks: { pods: '10.96.0.0/12', services: '10.96.0.0/16' } })],
      [/"identity":/, (spec) => ({ ...spec, identity: 'somebody-elses' })],
      [/"placement.template":/, (spec) => ({ ...spec, placement: { ...(spec['placement'] as object), template: 'windows' } })],
    ]
    // Held back, so that the genuine request creates nothing.
    await page.route(`**/t/${tenant}/create`, (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()))
    const captured = page.waitForRequest((request) => request.headers()['next-action'] !== undefined)
    await submit(page)
    const request = await captured
    const [input] = JSON.parse(request.postData() ?? '[]') as [{ tenant: string; spec: Record<string, unknown> }]
    for (const [field, change] of cases) {
      const answer = await page.request.post(request.url(), {
        headers: { 'next-action': request.headers()['next-action'] ?? '', 'content-type': 'text/plain;charset=UTF-8', origin: new URL(request.url()).origin },
        data: JSON.stringify([{ ...input, spec: change(input.spec) }]),
      })
      const text = await answer.text()
      expect(text).toContain('"code":"invalid"')
      expect(text).toMatch(field)
    }
  })
})

test('a name that is taken is refused at the field, and the cluster that has it stays as it is', async ({ page, tenant, lab }) => {
  await createCluster(page, tenant, { name: 'taken', replicas: 0, dhcp: true })
  const before = await lab.custom.getNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters', name: 'taken' }) as { metadata: { annotations: Record<string, string> } }
  await page.goto(`/t/${tenant}/create`)
  await fillCreate(page, { name: 'taken', replicas: 1, dhcp: true })
  await submit(page)
  await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  const after = await lab.custom.getNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters', name: 'taken' }) as typeof before
  expect(after.metadata.annotations).toEqual(before.metadata.annotations)
})

test('a refusal of the API server is shown in its own words, and nothing was written', async ({ page, tenant, lab }) => {
  const words = 'cost centre is missing: ask finance'
  const policy = `${tenant}-refuses`
  await lab.objects.create({
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: policy },
    spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules: [{ apiGroups: ['cluster.x-k8s.io'], apiVersions: ['*'], operations: ['CREATE'], resources: ['machinedeployments'] }] }, validations: [{ expression: 'false', message: words }] },
  } as never)
  await lab.objects.create({
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: policy },
    spec: { policyName: policy, validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': tenant } } } },
  } as never)
  try {
    await page.goto(`/t/${tenant}/create`)
    await fillCreate(page, { name: 'refused', replicas: 0, dhcp: true })
    // A policy takes a moment to be enforced; until then the dry run would pass.
    await expect(async () => {
      const probe = lab.custom.createNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'machinedeployments', dryRun: 'All', body: { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineDeployment', metadata: { name: 'probe', namespace: tenant }, spec: { clusterName: 'x', selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { clusterName: 'x', bootstrap: { dataSecretName: 'x' }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'VSphereMachineTemplate', name: 'x' } } } } } })
      await expect(probe).rejects.toMatchObject({ body: expect.stringContaining('cost centre') })
    }).toPass({ timeout: 30_000 })
    await submit(page)
    await expect(page.getByText(words).first()).toBeVisible()
    expect(await objectsOf(lab, tenant)).toEqual([])
  } finally {
    await lab.custom.deleteClusterCustomObject({ group: 'admissionregistration.k8s.io', version: 'v1', plural: 'validatingadmissionpolicybindings', name: policy })
    await lab.custom.deleteClusterCustomObject({ group: 'admissionregistration.k8s.io', version: 'v1', plural: 'validatingadmissionpolicies', name: policy })
  }
})

test.describe('when the API fails in the middle of the apply', () => {
  /** Passes every dry run and refuses the write itself: the API server cannot do this by chance at a known place. */
  test.beforeEach(async ({ lab, tenant }) => {
    const policy = `${tenant}-breaks`
    await lab.objects.create({
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: policy },
      spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules: [{ apiGroups: ['bootstrap.cluster.x-k8s.io'], apiVersions: ['*'], operations: ['CREATE'], resources: ['kubeadmconfigtemplates'] }] }, validations: [{ expression: 'has(request.dryRun) && request.dryRun', message: 'broken in the middle' }] },
    } as never)
    await lab.objects.create({
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: policy },
      spec: { policyName: policy, validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': tenant } } } },
    } as never)
    await expect(async () => {
      const templates = { group: 'bootstrap.cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'kubeadmconfigtemplates' }
      const template = { apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta2', kind: 'KubeadmConfigTemplate', metadata: { name: 'probe', namespace: tenant }, spec: { template: { spec: { joinConfiguration: { nodeRegistration: { name: 'x' } } } } } }
      const refusal = await lab.custom.createNamespacedCustomObject({ ...templates, body: template }).then(() => null, (error: { body: string }) => error.body)
      if (refusal === null) await lab.custom.deleteNamespacedCustomObject({ ...templates, name: 'probe' })
      expect(refusal).toContain('broken in the middle')
    }).toPass({ timeout: 30_000 })
  })
  const heal = async (lab: Parameters<typeof objectsOf>[0], tenant: string) => {
    for (const plural of ['validatingadmissionpolicybindings', 'validatingadmissionpolicies'])
      await lab.custom.deleteClusterCustomObject({ group: 'admissionregistration.k8s.io', version: 'v1', plural, name: `${tenant}-breaks` }).catch((error: { code?: number }) => { if (error.code !== 404) throw error })
  }
  test.afterEach(async ({ lab, tenant }) => heal(lab, tenant))

  test('the page says which objects exist, and Continue finishes the same cluster', async ({ page, tenant, lab }) => {
    await page.goto(`/t/${tenant}/create`)
    await fillCreate(page, { name: 'half', replicas: 1, dhcp: true })
    await submit(page)
    await expect(page.getByText(/KamajiControlPlane/).first()).toBeVisible()
    await expect(page.getByText(/broken in the middle/).first()).toBeVisible()
    const existing = await objectsOf(lab, tenant)
    expect(existing).toContain('clusters/half')
    expect(existing.some((name) => name.startsWith('machinedeployments/'))).toBe(false)
    await heal(lab, tenant)
    await expect(async () => {
      await page.getByRole('button', { name: /^Continue/ }).click()
      await expect(page).toHaveURL(/clusters\/half/, { timeout: 3_000 })
    }).toPass({ timeout: 30_000 })
    await expect.poll(() => objectsOf(lab, tenant)).toContain('machinedeployments/half-general')
  })

  test('Remove takes away what was written, and the name is free again', async ({ page, tenant, lab }) => {
    await page.goto(`/t/${tenant}/create`)
    await fillCreate(page, { name: 'half', replicas: 1, dhcp: true })
    await submit(page)
    await page.getByRole('button', { name: /^Remove/ }).click()
    await expect.poll(() => objectsOf(lab, tenant), { timeout: 60_000 }).toEqual([])
  })
})

test('hostile text in a status is shown as text, cut, and never run', async ({ page, tenant, lab }) => {
  const clusters = { group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters' }
  await lab.custom.createNamespacedCustomObject({
    ...clusters,
    body: { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'hostile', namespace: tenant }, spec: { paused: true, clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0/16'] } }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'VSphereCluster', name: 'hostile' } } },
  })
  // The schema allows a condition's message 10,240 characters; the rest of the megabyte is in an annotation that is never shown.
  const message = `<script>window.hacked = true</script><img src=x onerror="window.hacked = true">\u0007\u001b[31m\u202e${'x'.repeat(10_000)}`
  await lab.custom.patchNamespacedCustomObjectStatus({
    ...clusters, name: 'hostile',
    body: [{ op: 'add', path: '/status', value: { conditions: ['InfrastructureReady', 'ControlPlaneAvailable', 'RemoteConnectionProbe', 'Available'].map((type) => ({ type, status: 'False', reason: 'Hostile', message, lastTransitionTime: new Date().toISOString() })) } }],
  })
  await page.goto(`/t/${tenant}/clusters/hostile`)
  await expect(page.getByRole('heading', { level: 1, name: 'hostile' })).toBeVisible()
  const toggles = page.getByRole('region', { name: 'Health' }).getByRole('button')
  await expect(toggles).toHaveCount(3) // the status was written a moment ago
  for (const toggle of await toggles.all()) await toggle.click()
  await expect(page.getByText('<script>window.hacked').first()).toBeVisible()
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  const text = await page.locator('body').innerText()
  expect(text).not.toMatch(/[\u0007\u001b\u202e]/)
  expect(text).not.toContain('x'.repeat(3_000))
})
