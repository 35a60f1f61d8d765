import type { AddOnName } from '@/lib/addons/spec'

/** What can be set of an add-on, in the words of the form: for the create form and for the page of add-ons alike. */
export interface AddOnField {
  readonly key: string
  readonly label: string
  readonly hint?: string
  readonly placeholder?: string
  /** Several entries, parted by commas: one a line. */
  readonly list?: true
  /** One of these. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  /** Long: in the create form it has a row of its own. */
  readonly wide?: true
}

const version = (example: string): AddOnField => ({ key: 'version', label: 'Image version', placeholder: 'follows the cluster', hint: `Empty: it follows the cluster’s minor, also in an upgrade. Or ${example}.` })

export const ADD_ON_FIELDS: Readonly<Record<AddOnName, readonly AddOnField[]>> = {
  cpi: [
    { key: 'region', label: 'Region tag category', placeholder: 'none', hint: 'Of vSphere tags. Nodes get the labels topology.kubernetes.io/region and zone from them.' },
    { key: 'zone', label: 'Zone tag category', placeholder: 'none' },
    version('v1.35.1'),
  ],
  csi: [
    { key: 'className', label: 'StorageClass', placeholder: 'none', hint: 'Its name in the cluster. Empty: none is made.' },
    { key: 'policy', label: 'Storage policy', placeholder: 'any', hint: 'By its name in vSphere. Empty, and no datastore: any that all machines reach.' },
    { key: 'datastoreUrl', label: 'Datastore URL', placeholder: 'ds:///vmfs/volumes/…/', wide: true },
    { key: 'isDefault', label: 'Default class', choices: [{ value: 'yes', label: 'Yes' }, { value: 'no', label: 'No' }], hint: 'Claims that name no class get the default.' },
    { key: 'reclaimPolicy', label: 'Reclaim policy', choices: [{ value: 'Delete', label: 'Delete' }, { value: 'Retain', label: 'Retain' }], hint: 'Of the disk in vSphere, once its claim is deleted.' },
    { key: 'binding', label: 'Volume binding', choices: [{ value: 'WaitForFirstConsumer', label: 'With the first Pod' }, { value: 'Immediate', label: 'At once' }] },
    { key: 'expansion', label: 'Volume expansion', choices: [{ value: 'allowed', label: 'Allowed' }, { value: 'refused', label: 'Not allowed' }] },
    { key: 'region', label: 'Region tag category', placeholder: 'none', hint: 'As of the cloud provider. Volumes are made where their Pod runs.' },
    { key: 'zone', label: 'Zone tag category', placeholder: 'none' },
    { key: 'logLevel', label: 'Log level', choices: [{ value: 'PRODUCTION', label: 'Production' }, { value: 'DEVELOPMENT', label: 'Development' }], hint: 'Of the driver. Another one replaces its Pods, on the machines too.' },
  ],
  autoscaler: [version('v1.35.0')],
  metrics: [{ key: 'scraper', label: 'Scraper', placeholder: 'the platform’s', hint: 'A ServiceAccount of the management cluster, as namespace/name. It gets the right to find what there is to read.' }],
  proxy: [
    { key: 'url', label: 'Proxy', placeholder: 'http://proxy.example.com:3128', hint: 'For HTTP and HTTPS, without user name and password: everybody in the cluster can read it.' },
    { key: 'noProxy', label: 'Reached without the proxy', list: true, hint: 'Names such as .example.com and networks such as 10.0.0.0/8, one a line.' },
  ],
}
