import type { AddOnName } from '@/lib/addons/spec'

/** How pages speak of an add-on. `without`: what a cluster lacks that does not have it. */
export const ADD_ON_WORDS: Readonly<Record<AddOnName, { readonly title: string; readonly does: string; readonly without: string }>> = {
  cpi: {
    title: 'vSphere cloud provider',
    does: 'Tells each node which VM it is, and its addresses and zone.',
    without: 'Nodes keep the taint node.cloudprovider.kubernetes.io/uninitialized, and nothing runs on them, until another cloud provider takes it away.',
  },
  csi: {
    title: 'vSphere storage',
    does: 'Makes volumes for Pods as disks in vSphere, with a StorageClass for them.',
    without: 'Volumes that Pods ask for stay pending.',
  },
  autoscaler: {
    title: 'Cluster autoscaler',
    does: 'Adds and removes machines of pools that have a smallest and a largest size.',
    without: 'Pools with a smallest and a largest size keep the size they have.',
  },
  metrics: {
    title: 'Metrics',
    does: 'Lets a Prometheus beside the control plane read the metrics of API server, controller manager and scheduler.',
    without: 'Nobody reads the metrics of its control plane.',
  },
  proxy: {
    title: 'Proxy in Pods',
    does: 'Gives each new container HTTP_PROXY, HTTPS_PROXY and NO_PROXY, unless it has its own.',
    without: 'Containers have the proxy that their own Pods name, and else none.',
  },
}
