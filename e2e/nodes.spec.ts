import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { expectAccessible } from './support/accessible'
import { createCluster, machinesIn } from './support/create'
import type { Admin } from './support/lab'
import { picture } from './support/picture'
import { expect, test } from './support/test'

const TAINT = 'node.cloudprovider.kubernetes.io/uninitialized'

/** The tenant cluster as its administrator: to put into it what a missing cloud provider would leave. */
async function inside(lab: Admin, namespace: string, cluster: string): Promise<CoreV1Api> {
  const { data } = await lab.core.readNamespacedSecret({ name: `${cluster}-kubeconfig`, namespace })
  const config = new KubeConfig()
  config.loadFromString(Buffer.from(data?.['value'] ?? '', 'base64').toString())
  return config.makeApiClient(CoreV1Api)
}

test('nodes that stay closed and volumes that are not made are told with what proves it', async ({ page, tenant, lab }) => {
  await createCluster(page, tenant, { name: 'looked', replicas: 1 })
  await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 120_000 })
  const dialog = page.getByRole('dialog', { name: 'Nodes and volumes of looked' })
  const look = async () => {
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Look into the nodes' }).click()
  }
  await look()
  await expect(dialog.getByText('1 of 1 node is ready.', { exact: false })).toBeVisible()
  // Another test may change the identity's Secret meanwhile, which is told here too.
  await expect(dialog.getByText(/kept closed|waits for a volume/)).toHaveCount(0)

  const api = await inside(lab, tenant, 'looked')
  const [node] = (await api.listNode()).items
  await api.patchNode({ name: node?.metadata?.name ?? '', body: [{ op: 'add', path: '/spec/taints', value: [{ key: TAINT, value: 'true', effect: 'NoSchedule' }] }] })
  await api.createNamespacedPersistentVolumeClaim({ namespace: 'default', body: { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'gold', resources: { requests: { storage: '1Gi' } } } } })
  const old = [{ op: 'add', path: '/metadata/annotations/tenantry.dev~1credentials', value: 'of/before' }]
  await lab.custom.patchNamespacedCustomObject({ group: 'apps', version: 'v1', namespace: tenant, plural: 'deployments', name: 'looked-vsphere-csi-controller', body: old })
  await dialog.getByRole('button', { name: 'Look again' }).click()
  await expect(dialog.getByText(/kept closed for Pods: the cloud provider is installed and does not run: 0 of \d Pods are ready/)).toBeVisible()
  await expect(dialog.getByText(/its StorageClass gold does not exist/)).toBeVisible()
  await expect(dialog.getByText(/^The vSphere sign-in has changed since .*looked-vsphere-csi-controller copied it/)).toBeVisible()
  await dialog.getByRole('button', { name: /What proves it/ }).first().click()
  await expect(dialog.getByRole('region', { name: 'Proof' }).first()).toContainText(TAINT)
  await expect(dialog.getByRole('region', { name: 'The log to read' }).first()).toContainText('deployment/looked-vsphere-cloud-controller-manager')
  await picture(page, 'look-into-nodes')
  await expectAccessible(page, 'nodes and volumes')
})
