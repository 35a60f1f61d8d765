/** Where a tenant's list of clusters is. */
export const clustersHref = (tenant: string): string => `/t/${encodeURIComponent(tenant)}/clusters`

/** Where the page of a cluster is. */
export const clusterHref = (tenant: string, cluster: string): string => `${clustersHref(tenant)}/${encodeURIComponent(cluster)}`
