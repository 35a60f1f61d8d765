import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildSteps, secondsLeft } from './build-plan'
import { findGo, isNewEnough } from './go-command'
import { kamajiVersions, versions } from './versions'

test('what the lab says it runs is what its Go modules pin', async () => {
  const goMod = (module: string) => readFile(join(import.meta.dirname, 'go', module, 'go.mod'), 'utf8')
  const [cluster, ipam, kamaji, capv] = [await goMod('cluster'), await goMod('ipam'), await goMod('kamaji'), await goMod('capv-v1beta1')]
  for (const [module, version] of [
    ['k8s.io/kubernetes', versions.kubernetes],
    ['go.etcd.io/etcd/server/v3', versions.etcd],
    ['sigs.k8s.io/cluster-api', versions.clusterApi],
    ['sigs.k8s.io/cluster-api-provider-vsphere', versions.capv],
    ['github.com/vmware/govmomi', versions.govmomi],
  ] as const) {
    expect(cluster).toMatch(new RegExp(`${module} (=> \\S+ )?${version.replaceAll('.', '\\.')}(\\s|$)`, 'm'))
  }
  expect(ipam).toContain(`sigs.k8s.io/cluster-api-ipam-provider-in-cluster ${versions.ipam}`)
  expect(capv).toContain(`sigs.k8s.io/cluster-api-provider-vsphere ${kamajiVersions.capv}`)
  expect(kamaji).toContain(`github.com/clastix/kamaji ${kamajiVersions.kamaji}`)
  expect(kamaji).toContain(`github.com/clastix/cluster-api-control-plane-provider-kamaji ${kamajiVersions.kamajiProvider}`)
})

test('Kubernetes binaries are stamped', () => {
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kubectl']) {
    const ldflags = buildSteps.default.find((step) => step.name === name)?.ldflags
    expect(ldflags).toContain(`version.gitVersion=${versions.kubernetes}`)
    expect(ldflags).toContain('version.gitMajor=1')
    expect(ldflags).toContain('version.gitMinor=35')
  }
})

test('each profile builds every program once', () => {
  for (const steps of Object.values(buildSteps)) expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length)
})

test('the time left follows the pace of the steps before', () => {
  const current = { coldSeconds: 100, seconds: 10 }
  expect(secondsLeft([], current, [{ coldSeconds: 50 }])).toBe(140)
  expect(secondsLeft([{ coldSeconds: 100, seconds: 50 }], current, [{ coldSeconds: 50 }])).toBe(65)
  expect(secondsLeft([], { coldSeconds: 5, seconds: 60 }, [])).toBe(0)
})

test('a missing or old Go is told in one line', async () => {
  expect(isNewEnough('go version go1.24.9 linux/amd64')).toBe(false)
  expect(isNewEnough('go version go1.25.0 linux/amd64')).toBe(true)
  expect(isNewEnough('go version go2.0 linux/amd64')).toBe(true)
  await expect(findGo(['no-such-go'])).rejects.toThrow(/^The lab is built from source: install Go 1\.25 or newer from [^\n]+$/)
})
