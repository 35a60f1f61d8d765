import { noProxyEntries } from '@/lib/addons/pod-proxy'
import { wantedAddOns, type AddOnSettings } from '@/lib/addons/spec'
import { clusterNoProxy } from '@/lib/cluster/no-proxy'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { unique } from '@/lib/node-config/no-proxy'

/** The add-ons that a new cluster is made with; the proxy in Pods with the computed entries before the person's own. */
export const clusterAddOns = (spec: ClusterSpec): readonly AddOnSettings[] =>
  wantedAddOns(spec.addOns).map((settings) => (settings.name === 'proxy' ? { ...settings, noProxy: unique([...clusterNoProxy(spec), ...noProxyEntries(settings.noProxy)]).join(',') } : settings))
