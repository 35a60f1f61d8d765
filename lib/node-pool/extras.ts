import { z } from 'zod'
import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { deviceSettings, type DeviceSettings, NO_SETTINGS, type Route } from '@/lib/node-pool/device'

/** What few people set of a new cluster's machines in vSphere; its name servers are among its addresses. */
export const machineExtras = deviceSettings.omit({ nameservers: true }).extend({
  /** null: vCenter's default of the datastore. */
  storagePolicy: z.string().nullable(),
})
export type MachineExtras = z.infer<typeof machineExtras>

const { searchDomains, routes, mtu } = NO_SETTINGS
export const NO_EXTRAS: MachineExtras = { storagePolicy: null, searchDomains, routes, mtu }

export const policyProblems = (at: string, { storagePolicy }: Pick<MachineExtras, 'storagePolicy'>): Problem[] =>
  storagePolicy !== null && (storagePolicy.trim() === '' || storagePolicy.length > 1024 || /\p{Cc}/u.test(storagePolicy)) ? [problem(`${at}.storagePolicy`, 'Give the storage policy’s name as vCenter has it, or leave it to vCenter.')] : []

/** `10.0.0.0/8 via 10.40.12.254 metric 100`, one a line; the metric may be left out. */
export const routeLines = (all: readonly Route[]): string => all.map(({ to, via, metric }) => `${to} via ${via}${metric === USUAL_METRIC ? '' : ` metric ${metric}`}`).join('\n')

/** The chart's, and netplan's for DHCP. */
const USUAL_METRIC = 100

export const routesOf = (text: string): Route[] =>
  text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const parts = /^(\S+)(?:\s+via\s+(\S+))?(?:\s+metric\s+(\d{1,10}))?$/.exec(line)
    return { to: parts?.[1] ?? line, via: parts?.[2] ?? '', metric: parts?.[3] === undefined ? USUAL_METRIC : Number(parts[3]) }
  })

/** In words, for a row of what changes. */
export function settingsWords({ nameservers, searchDomains: domains, routes: all, mtu: bytes }: DeviceSettings): readonly string[] {
  return [
    ...(nameservers.length === 0 ? [] : [`name servers ${nameservers.join(', ')}`]),
    ...(domains.length === 0 ? [] : [`searches ${domains.join(', ')}`]),
    ...(all.length === 0 ? [] : [`routes ${routeLines(all).replaceAll('\n', ', ')}`]),
    ...(bytes === null ? [] : [`MTU ${bytes}`]),
  ]
}
