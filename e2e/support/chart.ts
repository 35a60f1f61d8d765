import { OFFER_ANNOTATION, vsphereOffer, type VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { Admin } from './lab'

const CORE = 'cluster.x-k8s.io/v1beta1'
const VSPHERE = 'infrastructure.cluster.x-k8s.io/v1beta1'
const BOOTSTRAP = 'bootstrap.cluster.x-k8s.io/v1beta1'

export async function labOffer(lab: Admin): Promise<VSphereOffer> {
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  return vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
}

/**
 * The objects of a cluster with one pool of one machine as the chart clastix/cluster-api-kamaji-vsphere 0.2.9 renders them: its names,
 * contract and defaults, and what Helm adds to each. Only the control plane is in the contract that the lab serves.
 */
export function chartObjects(offer: VSphereOffer, namespace: string, name: string): readonly KubeObject[] {
  const template = offer.templates.at(-1) ?? { name: '', version: '' }
  const metadata = (of: string, annotations: Record<string, string> = {}) => ({
    name: of, namespace,
    labels: { 'cluster.x-k8s.io/cluster-name': name, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace, ...annotations },
  })
  const [machine, bootstrap] = [`${name}-general-vsphere-machine-template-0f1e2d3c`, `${name}-general-kubeadmconfig-4b5a6978`]
  const thumbprint = offer.thumbprint ? { thumbprint: offer.thumbprint } : {}
  return [
    {
      apiVersion: CORE, kind: 'Cluster', metadata: metadata(name),
      spec: {
        clusterNetwork: { apiServerPort: 6443, pods: { cidrBlocks: ['10.36.0.0/16'] }, services: { cidrBlocks: ['10.96.0.0/16'] }, serviceDomain: 'cluster.local' },
        controlPlaneRef: { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', name },
        infrastructureRef: { apiVersion: VSPHERE, kind: 'VSphereCluster', name },
      },
    },
    { apiVersion: 'ipam.cluster.x-k8s.io/v1alpha2', kind: 'InClusterIPPool', metadata: metadata(name), spec: { addresses: ['10.40.12.64-10.40.12.79'], prefix: 24, gateway: '10.40.12.1' } },
    { apiVersion: VSPHERE, kind: 'VSphereCluster', metadata: metadata(name), spec: { identityRef: { kind: 'VSphereClusterIdentity', name: 'vsphere-north' }, server: offer.server, ...thumbprint } },
    {
      apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: metadata(name),
      spec: {
        apiServer: {}, controllerManager: {}, scheduler: {}, dataStoreName: 'default', addons: { coreDNS: {}, kubeProxy: {}, konnectivity: {} },
        kubelet: { cgroupfs: 'systemd', preferredAddressTypes: ['InternalIP', 'ExternalIP', 'Hostname'] }, network: { serviceType: 'LoadBalancer' }, version: template.version, replicas: 2,
      },
    },
    {
      apiVersion: VSPHERE, kind: 'VSphereMachineTemplate', metadata: metadata(machine),
      spec: {
        template: {
          spec: {
            cloneMode: 'linkedClone', datacenter: offer.datacenter, datastore: offer.datastore, folder: offer.folder, diskGiB: 40, memoryMiB: 4096, numCPUs: 2, os: 'Linux',
            network: { devices: [{ dhcp4: false, nameservers: ['10.40.0.2'], addressesFromPools: [{ apiGroup: 'ipam.cluster.x-k8s.io', kind: 'InClusterIPPool', name }], networkName: offer.network }] },
            powerOffMode: 'trySoft', resourcePool: offer.resourcePool, server: offer.server, template: template.name, ...thumbprint,
          },
        },
      },
    },
    {
      apiVersion: BOOTSTRAP, kind: 'KubeadmConfigTemplate', metadata: metadata(bootstrap),
      spec: {
        template: {
          spec: {
            joinConfiguration: { nodeRegistration: { criSocket: '/var/run/containerd/containerd.sock', kubeletExtraArgs: { 'node-ip': '{{ ds.meta_data.local_ipv4 }}', 'cloud-provider': 'external', 'node-labels': 'team=blue' }, name: '{{ local_hostname }}' } },
            preKubeadmCommands: ['hostnamectl set-hostname "{{ ds.meta_data.hostname }}"', 'echo "127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4" >>/etc/hosts'],
            users: [{ name: 'ubuntu', sshAuthorizedKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOnly'], sudo: 'ALL=(ALL) NOPASSWD:ALL' }],
          },
        },
      },
    },
    {
      apiVersion: CORE, kind: 'MachineDeployment', metadata: metadata(`${name}-general-md`),
      spec: {
        clusterName: name, replicas: 1, selector: { matchLabels: {} },
        template: {
          metadata: { labels: { 'cluster.x-k8s.io/cluster-name': name } },
          spec: {
            bootstrap: { configRef: { apiVersion: BOOTSTRAP, kind: 'KubeadmConfigTemplate', name: bootstrap } }, clusterName: name,
            infrastructureRef: { apiVersion: VSPHERE, kind: 'VSphereMachineTemplate', name: machine }, version: template.version,
          },
        },
      },
    },
  ]
}

/** As Helm writes: under its own name. */
export async function install(lab: Admin, objects: readonly KubeObject[], manager = 'helm'): Promise<void> {
  for (const object of objects) await lab.objects.create(structuredClone(object) as never, undefined, undefined, manager)
}
