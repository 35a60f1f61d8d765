/** The networks of a cluster that no proxy stands between; null or empty where nobody knows them. */
export interface ClusterNetworks {
  readonly pods: readonly string[]
  readonly services: readonly string[]
  /** Of the machines; with DHCP only vSphere knows it. */
  readonly nodes: readonly string[]
  readonly serviceDomain: string
}

/**
 * What a machine of the cluster must reach without the proxy. The control plane's address is not among them: a load balancer
 * gives it after the machines' template is made, so each machine adds the one that it joins (ADD_ENDPOINT in parts.ts).
 */
export const computedNoProxy = ({ pods, services, nodes, serviceDomain }: ClusterNetworks): readonly string[] =>
  unique(['localhost', '127.0.0.1', '.svc', `.${serviceDomain}`, ...nodes, ...pods, ...services])

/** Once each, in the order in which they come first. */
export const unique = (entries: readonly string[]): readonly string[] => [...new Set(entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))]

/** Computed entries that a list does not have. */
export const missingNoProxy = (list: readonly string[], computed: readonly string[]): readonly string[] => computed.filter((entry) => !list.includes(entry))
