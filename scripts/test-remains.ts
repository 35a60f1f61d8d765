/** What a failed run leaves to look at: the lab's logs, and the objects of every tenant, without Secrets. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Lab } from '../lab/contract'
import { kubeRest, type KubeObject, type KubeRest } from '../lab/kube-rest'
import { messageOf } from './ending'

const tenantLabel = 'tenantry.dev/tenant'

export async function keepRemains(lab: Lab, folder: string): Promise<void> {
  await cp(lab.logDir, join(folder, 'lab-logs'), { recursive: true })
  try {
    const rest = await kubeRest(await readFile(lab.adminKubeconfig, 'utf8'))
    await dumpTenants(rest, join(folder, 'objects'))
    await rest.close()
  } catch (error) {
    console.error(`the lab's objects could not be kept: ${messageOf(error)}`)
  }
}

async function dumpTenants(rest: KubeRest, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const namespaces = await rest.list(`/api/v1/namespaces?labelSelector=${encodeURIComponent(tenantLabel)}`)
  const kinds = await namespacedKinds(rest)
  for (const { metadata } of namespaces) {
    const objects: KubeObject[] = []
    for (const { path, apiVersion, kind } of kinds) {
      const items = await rest.list(path.replace('*', metadata.name)).catch(() => [])
      objects.push(...items.map((item) => ({ apiVersion, kind, ...item })))
    }
    await writeFile(join(folder, `${metadata.name}.yaml`), objects.map((object) => `---\n${stringify(object)}`).join(''))
  }
}

async function namespacedKinds(rest: KubeRest): Promise<{ path: string; apiVersion: string; kind: string }[]> {
  const list = await rest.get<{ groups: { name: string; preferredVersion: { groupVersion: string } }[] }>('/apis')
  const versions = (list?.groups ?? []).filter(({ name }) => name.endsWith('.x-k8s.io') || name === 'kamaji.clastix.io').map(({ preferredVersion }) => preferredVersion.groupVersion)
  const found = [{ path: '/api/v1/namespaces/*/events', apiVersion: 'v1', kind: 'Event' }]
  for (const apiVersion of versions) {
    const served = await rest.get<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(`/apis/${apiVersion}`)
    for (const { name, kind, namespaced } of served?.resources ?? []) {
      if (namespaced && !name.includes('/')) found.push({ path: `/apis/${apiVersion}/namespaces/*/${name}`, apiVersion, kind })
    }
  }
  return found
}
