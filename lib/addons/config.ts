import { stringify } from 'yaml'

/** How an add-on reaches vCenter. Comes from the identity and its offer, never from a tenant. */
export interface VCenterAccess {
  /** `vcenter.example.com` or `vcenter.example.com:8443`, as in VSphereCluster.spec.server. */
  readonly server: string
  /** SHA-1 of its certificate; null: verified by the image's own certificate authorities. */
  readonly thumbprint: string | null
  /** Path of a file with certificate authorities in PEM; null: those of the image. */
  readonly caFile: string | null
  readonly datacenter: string
  readonly username: string
  readonly password: string
}

/** Content of the CPI's vsphere.conf (cloud-provider-vsphere pkg/common/config/config_yaml.go). */
export function vsphereConf(access: VCenterAccess, { region, zone }: { readonly region: string; readonly zone: string }): string {
  const { host, port } = addressOf(access.server)
  const verified = { insecureFlag: false, ...(access.caFile === null ? {} : { caFile: access.caFile }), ...(access.thumbprint === null ? {} : { thumbprint: access.thumbprint }) }
  return stringify(
    {
      global: { port, user: access.username, password: access.password, ...verified },
      vcenter: { [host]: { server: host, port, datacenters: [access.datacenter], user: access.username, password: access.password, ...verified } },
      ...(region === '' ? {} : { labels: { region, zone } }),
    },
    { lineWidth: 0, version: '1.1', aliasDuplicateObjects: false },
  )
}

/**
 * Content of csi-vsphere.conf (vsphere-csi-driver pkg/common/config/types.go), read by gcfg.
 * @param topology tag categories of regions and zones; both empty: none
 * @param clusterId unique among all clusters of the vCenter, at most 64 characters: CNS keeps volumes by it
 */
export function csiConf(access: VCenterAccess, clusterId: string, { region, zone }: { readonly region: string; readonly zone: string }): string {
  const { host, port } = addressOf(access.server)
  return [
    '[Global]',
    `cluster-id = ${quoted(clusterId)}`,
    // Without it the syncer asks the API server of the management cluster what this is.
    'cluster-distribution = "Kubernetes"',
    ...(access.caFile === null ? [] : [`ca-file = ${quoted(access.caFile)}`]),
    ...(access.thumbprint === null ? [] : [`thumbprint = ${quoted(access.thumbprint)}`]),
    '',
    `[VirtualCenter ${quoted(host)}]`,
    'insecure-flag = "false"',
    `user = ${quoted(access.username)}`,
    `password = ${quoted(access.password)}`,
    `port = ${quoted(String(port))}`,
    `datacenters = ${quoted(access.datacenter)}`,
    '',
    ...(region === '' ? [] : ['[Labels]', `topology-categories = ${quoted(`${region}, ${zone}`)}`, '']),
  ].join('\n')
}

/** gcfg's values in quotes know these escapes only. */
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`

/** Host and port apart, as both programs want them. */
export function addressOf(server: string): { readonly host: string; readonly port: number } {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(server)
  if (bracketed) return { host: bracketed[1] ?? server, port: Number(bracketed[2] ?? 443) }
  const plain = /^([^:]+):(\d{1,5})$/.exec(server)
  return plain ? { host: plain[1] ?? server, port: Number(plain[2]) } : { host: server, port: 443 }
}

/** Base64 of UTF-8, for `data` of a Secret: `stringData` is not kept by server-side apply. */
export const base64 = (text: string): string => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
