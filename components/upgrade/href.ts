import { clusterHref } from '@/lib/cluster/href'
export const upgradeHref = (tenant: string, cluster: string): string => `${clusterHref(tenant, cluster)}/upgrade`
