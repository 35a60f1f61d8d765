export const upgradeHref = (tenant: string, cluster: string): string => `/t/${encodeURIComponent(tenant)}/clusters/${encodeURIComponent(cluster)}/upgrade`
