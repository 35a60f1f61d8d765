/** The pages of a cluster beside its own, by the segment of their URL: in the row of links, and as the breadcrumb names them. */
export const CLUSTER_PAGES = [
  ['upgrade', 'Upgrade'], ['control-plane', 'Control plane'], ['addresses', 'Addresses'], ['add-ons', 'Add-ons'], ['changes', 'Changes'], ['objects', 'Objects'],
] as const
