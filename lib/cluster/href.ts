/** Where the page of a cluster is. */
export const clusterHref = (tenant: string, cluster: string): string => `/t/${encodeURIComponent(tenant)}/clusters/${encodeURIComponent(cluster)}`
