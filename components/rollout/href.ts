/** The changes of a cluster, or one of them. */
export const changesHref = (tenant: string, cluster: string, id?: string): string =>
  `/t/${encodeURIComponent(tenant)}/clusters/${encodeURIComponent(cluster)}/changes${id === undefined ? '' : `/${encodeURIComponent(id)}`}`
