import { clusterHref } from '@/lib/cluster/href'
/** The changes of a cluster, or one of them. */
export const changesHref = (tenant: string, cluster: string, id?: string): string =>
  `${clusterHref(tenant, cluster)}/changes${id === undefined ? '' : `/${encodeURIComponent(id)}`}`
