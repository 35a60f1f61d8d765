import { describe, expect, test } from 'vitest'
import { defaultSpec } from '@/lib/cluster/defaults'
import { specProblems } from '@/lib/cluster/rules'
import type { VSphereOffer } from '@/lib/identity/offer'
import { importChartValues, type Imported } from '@/lib/import/chart-values'

const offer: VSphereOffer = {
  server: 'vc.example.com', thumbprint: 'AA', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'VM Network',
  templates: [{ name: 'ubuntu-1.34', version: 'v1.34.3' }, { name: 'ubuntu-1.35', version: 'v1.35.2' }],
}
const identities = [{ name: 'vc-north', offer: { ...offer, server: 'other' } }, { name: 'vc-south', offer }]
const base = defaultSpec(offer, 'vc-south')
const imported = (text: string): Extract<Imported, { spec: unknown }> => {
  const result = importChartValues(text, base, identities)
  return 'spec' in result ? result : expect.fail(result.error)
}
const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'x'.repeat(43)} ops`

const whole = `
vSphere: { dataCenter: DC1, server: vc.example.com, port: 443, insecure: false, tlsThumbprint: "AA:BB", identityRef: { type: Secret, name: vsphere-secret } }
ipamProvider: { enabled: true, ranges: ["10.40.12.64-10.40.12.95"], prefix: "24", gateway: 10.40.12.1 }
cluster:
  name: blue-1
  clusterNetwork: { pods: { cidrBlocks: [10.200.0.0/16] }, services: { cidrBlocks: [10.110.0.0/16] }, serviceDomain: blue.local, apiServerPort: 7443 }
  controlPlane:
    labels: { cni: calico }
    replicas: 2
    apiServer: { extraArgs: [--cloud-provider=external, --v=3] }
    controllerManager: { extraArgs: [--cloud-provider=external] }
    dataStoreName: etcd
    addons: { coreDNS: {}, kubeProxy: {} }
    kubelet: { cgroupfs: systemd, preferredAddressTypes: [InternalIP, Hostname] }
    network: { serviceType: LoadBalancer, serviceAddress: 10.40.12.20, serviceAnnotations: { metallb.universe.tf/loadBalancerIPs: 10.40.12.20 }, serviceLabels: {}, certSANs: [api.example.com], ingress: { hostname: x } }
    version: v1.34.3
  metrics: { enabled: true, serviceAccount: { name: prometheus } }
nodePools:
  - name: default
    additionalCloudInitFiles: |
      #cloud-config
      timezone: Europe/Rome
    dataStore: ds2
    folder: folder2
    resourcePool: "*/Resources"
    template: ubuntu-1.34
    network: net2
    replicas: 4
    autoscaling: { enabled: false, labels: { autoscaling: enabled }, minSize: "2", maxSize: "6" }
    diskGiB: 40
    memoryMiB: 4096
    numCPUs: 2
    dhcp4: false
    addressesFromPools: { enabled: true }
    nameServers: [8.8.8.8]
    searchDomains: [example.com]
    ipAddrs: [10.0.0.9/24]
    gateway: 10.0.0.1
    users: [{ name: ubuntu, sshAuthorizedKeys: ["${KEY}"], sudo: "ALL=(ALL) NOPASSWD:ALL", shell: /bin/zsh }]
    labels: node.kubernetes.io/node=foo
    taints: node.kubernetes.io/node:NoSchedule
  - name: second
    replicas: 1
vSphereCloudControllerManager: { enabled: true, version: v1.31.0 }
vSphereStorageControllerManager: { enabled: false, logLevel: DEVELOPMENT, namespace: kube-system, storageClass: { enabled: true, name: fast, allowVolumeExpansion: false, default: false, reclaimPolicy: Retain, volumeBindingMode: Immediate, parameters: { storagepolicyname: gold } } }
`

describe('a whole file of the chart', () => {
  const { spec, notTaken, taken } = imported(whole)
  test('fills the form, which has nothing to correct', () => {
    expect(specProblems(spec)).toEqual([])
    expect(spec).toMatchObject({
      name: 'blue-1', version: 'v1.34.3', identity: 'vc-south', networks: { pods: '10.200.0.0/16', services: '10.110.0.0/16' },
      endpoint: { kind: 'fixed', host: '10.40.12.20', port: 7443 },
      placement: { datacenter: 'DC1', datastore: 'ds2', folder: 'folder2', resourcePool: '*/Resources', network: 'net2', template: 'ubuntu-1.34' },
      addresses: { kind: 'pool', range: '10.40.12.64-10.40.12.95', prefix: 24, gateway: '10.40.12.1', nameservers: ['8.8.8.8'] },
      addOns: { cpi: { enabled: true }, csi: { enabled: false, className: 'fast', policy: 'gold', reclaimPolicy: 'Retain', binding: 'Immediate', expansion: 'refused', isDefault: 'no', logLevel: 'DEVELOPMENT' }, metrics: { enabled: true, scraper: 'monitoring-system/prometheus' } },
      controlPlane: { replicas: 2, advanced: { labels: { cni: 'calico' }, extraArgs: { apiServer: ['--v=3'], controllerManager: ['--cloud-provider=external'] }, dataStore: { name: 'etcd' }, kubelet: { preferredAddressTypes: ['InternalIP', 'Hostname'] }, certSANs: ['api.example.com'], serviceDomain: 'blue.local' } },
      pool: {
        extras: { storagePolicy: null, searchDomains: ['example.com'] }, name: 'default', replicas: 4, cpus: 2, memoryMiB: 4096, diskGiB: 40,
        node: { users: [{ name: 'ubuntu', sudo: 'ALL=(ALL) NOPASSWD:ALL', sshKeys: [KEY] }], files: [{ path: '/etc/cloud/cloud.cfg.d/99-custom.cfg' }], kubeletArgs: [{ name: 'node-labels', value: 'node.kubernetes.io/node=foo' }, { name: 'register-with-taints' }] },
      },
    })
    expect(taken).toBeGreaterThan(25)
  })
  test('and names every value that it could not take, with the reason', () => {
    const at = Object.fromEntries(notTaken.map(({ path, why }) => [path, why]))
    expect(Object.keys(at)).toEqual([
      'cluster.controlPlane.apiServer.extraArgs', 'vSphere.server', 'vSphere.port', 'vSphere.tlsThumbprint', 'vSphere.identityRef.type', 'vSphere.identityRef.name',
      'cluster.controlPlane.network.ingress.hostname',
      'nodePools[0].autoscaling.labels.autoscaling', 'nodePools[0].autoscaling.minSize', 'nodePools[0].autoscaling.maxSize',
      'nodePools[0].ipAddrs[0]', 'nodePools[0].gateway', 'nodePools[0].users[0].shell', 'nodePools[1].name', 'nodePools[1].replicas',
      'vSphereCloudControllerManager.version', 'vSphereStorageControllerManager.namespace',
    ])
    expect(at['nodePools[0].gateway']).toContain('Fixed addresses can be given on the pool’s page')
    expect(at['nodePools[1].name']).toContain('once the cluster is there')
  })
})

test('a version or VM template that is not offered is said, and the form keeps its own', () => {
  const { spec, notTaken } = imported('cluster: { controlPlane: { version: v1.31.0 } }\nnodePools: [{ template: foreign }]')
  expect(spec).toMatchObject({ version: 'v1.35.2', placement: { template: 'ubuntu-1.35' } })
  expect(notTaken.map(({ path }) => path)).toEqual(['cluster.controlPlane.version', 'nodePools[0].template'])
})

test('DHCP, an identity of the tenant by name, values of another kind than expected', () => {
  const { spec, notTaken } = imported('vSphere: { identityRef: { type: VSphereClusterIdentity, name: vc-north } }\nnodePools: [{ dhcp4: true, replicas: many, unheard: 1 }]')
  expect(spec).toMatchObject({ identity: 'vc-north', addresses: { kind: 'dhcp' }, pool: { replicas: 3 } })
  expect(notTaken.map(({ path, why }) => `${path}: ${why}`)).toEqual(['nodePools[0].replicas: Not a value that the portal knows.', 'nodePools[0].unheard: Not a value that the portal knows.'])
})

test('fixed addresses that are no pool’s become the cluster’s range, and name servers beside DHCP are kept', () => {
  const values = (text: string) => imported(`nodePools: [{ ${text}, nameServers: [10.0.0.2] }]`)
  const { spec, notTaken } = values('ipAddrs: [10.0.0.9/24, 10.0.0.10/24], gateway: 10.0.0.1')
  expect([spec.addresses, notTaken]).toEqual([{ kind: 'pool', range: '10.0.0.9-10.0.0.10', prefix: 24, gateway: '10.0.0.1', nameservers: ['10.0.0.2'] }, []])
  expect(values('ipAddrs: [10.0.0.9/24, 10.0.0.11/24], gateway: 10.0.0.1').notTaken.map(({ path }) => path)).toContain('nodePools[0].ipAddrs[0]')
  expect(values('dhcp4: true').spec.addresses).toEqual({ kind: 'dhcp', nameservers: ['10.0.0.2'] })
})

const named = (result: { readonly notTaken: readonly { readonly path: string }[] }) => result.notTaken.map(({ path }) => path)

test('without a pool of addresses all that describes one is named, and the name servers are kept', () => {
  const ipam = 'ipamProvider: { enabled: false, ranges: [10.0.0.0/24], prefix: "24", gateway: 10.0.0.1 }'
  const off = imported(`${ipam}\nnodePools: [{ nameServers: [10.0.0.2] }]`)
  expect(off.spec.addresses).toEqual({ ...base.addresses, nameservers: ['10.0.0.2'] })
  expect(named(off)).toEqual(['ipamProvider.enabled', 'ipamProvider.ranges[0]', 'ipamProvider.prefix', 'ipamProvider.gateway'])
  const fromPool = imported('ipamProvider: { enabled: true, ranges: [10.0.0.0/24] }\nnodePools: [{ addressesFromPools: { enabled: false } }]')
  expect(named(fromPool)).toEqual(['ipamProvider.ranges[0]', 'nodePools[0].addressesFromPools.enabled'])
  const dhcp = imported(`${ipam}\nnodePools: [{ dhcp4: true, addressesFromPools: { enabled: true } }]`)
  expect(named(dhcp)).toEqual(['ipamProvider.ranges[0]', 'ipamProvider.prefix', 'ipamProvider.gateway', 'nodePools[0].addressesFromPools.enabled'])
})
test('the port of the API is the load balancer’s where the file has no address', () => {
  const { spec, notTaken } = imported('cluster: { clusterNetwork: { apiServerPort: 7443 } }')
  expect([spec.endpoint, spec.controlPlane.advanced.apiServerPort, notTaken]).toEqual([{ kind: 'load-balancer' }, 7443, []])
  const fixed = importChartValues('cluster: { clusterNetwork: { apiServerPort: 7443 } }', { ...base, endpoint: { kind: 'fixed', host: '10.0.0.5', port: 6443 } }, identities)
  expect(fixed).toMatchObject({ spec: { endpoint: { kind: 'fixed', host: '10.0.0.5', port: 7443 } } })
})
test('without a StorageClass in the file none is made, and what the chart would not use is not named either', () => {
  const { spec, notTaken } = imported('cluster: { name: a }\nvSphereStorageControllerManager: { enabled: true, logLevel: LOUD, storageClass: { enabled: false, name: fast, default: false, parameters: { fstype: xfs } } }')
  expect(spec.addOns.csi).toMatchObject({ enabled: true, className: '', isDefault: 'yes', logLevel: 'PRODUCTION' })
  expect(notTaken.map(({ path }) => path.slice('vSphereStorageControllerManager.'.length))).toEqual(['logLevel'])
})
test('what the form cannot say of a StorageClass is named', () => {
  expect(imported('cluster: { name: a }\nvSphereStorageControllerManager: { storageClass: { reclaimPolicy: Recycle, parameters: { fstype: xfs } } }').notTaken.map(({ path }) => path.split('.').slice(2).join('.'))).toEqual(['reclaimPolicy', 'parameters.fstype'])
})
test('what the file says nothing of stays as it was typed', () => {
  const typed = { ...base, controlPlane: { ...base.controlPlane, advanced: { ...base.controlPlane.advanced, kubelet: { cgroupfs: 'cgroupfs', preferredAddressTypes: ['Hostname'] } } }, pool: { ...base.pool, node: { ...base.pool.node, users: [{ name: 'ops', groups: '', shell: '', sudo: '', sshKeys: [KEY], lockPassword: true, password: null }] } } } as typeof base
  expect(importChartValues('cluster: { name: a }\nnodePools: [{ users: [] }]', typed, identities)).toMatchObject({ spec: { ...typed, name: 'a' }, notTaken: [] })
})
test('a choice that Kubernetes does not have is named, and so is a false that is something else here', () => {
  const { spec, notTaken, taken } = imported('cluster: { controlPlane: { kubelet: { cgroupfs: cgroup2, preferredAddressTypes: [Hostname, Pager] }, network: { serviceType: Ingress }, addons: { coreDNS: false } } }\nvSphere: { insecure: false }\nnodePools: [{ autoscaling: { enabled: false } }, { dhcp4: false }]')
  expect(spec.controlPlane.advanced).toMatchObject({ kubelet: { cgroupfs: 'systemd', preferredAddressTypes: ['Hostname'] }, service: { type: 'LoadBalancer' } })
  expect(notTaken.map(({ path }) => path)).toEqual(['kubelet.preferredAddressTypes', 'kubelet.cgroupfs', 'network.serviceType', 'addons.coreDNS'].map((path) => `cluster.controlPlane.${path}`))
  expect(taken).toBe(1)
})
test.each([['a: [', /no YAML/], ['just text', /no fields/], ['a: 1', /none of cluster, nodePools/], ['x'.repeat(1024 * 1024 + 1), /over 1 MiB/]])('what is no values file is refused: %#', (text, words) => {
  expect(importChartValues(text, base, identities)).toEqual({ error: expect.stringMatching(words) as string })
})
