import { z } from 'zod'
import { type Problem, outside, problem } from '@/lib/cluster/rules/problem'
import { parseAddress, parseCidr } from '@/lib/ip-pool/ipv4'
import { listIn, numberIn, stringIn } from '@/lib/kubernetes/dig'
import { cleanLine } from '@/lib/text'

/**
 * What few people set of a machine in vSphere. A gateway and fixed addresses are not among them: all machines of a pool are made
 * from one template, so they would all have the same ones. Addresses come from a pool or by DHCP.
 */
export const machineExtras = z.object({
  /** null: vCenter's default of the datastore. */
  storagePolicy: z.string().nullable(),
  searchDomains: z.array(z.string()),
  routes: z.array(z.object({ to: z.string(), via: z.string(), metric: z.number().int() })),
})
export type MachineExtras = z.infer<typeof machineExtras>
export type Route = MachineExtras['routes'][number]

export const NO_EXTRAS: MachineExtras = { storagePolicy: null, searchDomains: [], routes: [] }

export function extrasIn(machine: unknown): MachineExtras {
  const device = ['network', 'devices', '0'] as const
  return {
    storagePolicy: stringIn(machine, 'storagePolicyName'),
    searchDomains: listIn(machine, ...device, 'searchDomains').map(String),
    routes: listIn(machine, ...device, 'routes').map((route) => ({ to: stringIn(route, 'to') ?? '', via: stringIn(route, 'via') ?? '', metric: numberIn(route, 'metric') ?? 0 })),
  }
}

/** Of the machine's only network device. */
export const deviceExtras = ({ searchDomains, routes }: MachineExtras) => ({ ...(searchDomains.length === 0 ? {} : { searchDomains }), ...(routes.length === 0 ? {} : { routes }) })

const DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

export function extrasProblems(at: string, { storagePolicy, searchDomains, routes }: MachineExtras): Problem[] {
  const found: Problem[] = []
  if (storagePolicy !== null && (storagePolicy.trim() === '' || storagePolicy.length > 1024 || /\p{Cc}/u.test(storagePolicy))) found.push(problem(`${at}.storagePolicy`, 'Give the storage policy’s name as vCenter has it, or leave it to vCenter.'))
  const domain = searchDomains.find((each) => !DOMAIN.test(each) || each.length > 253)
  if (domain !== undefined) found.push(problem(`${at}.searchDomains`, `“${cleanLine(domain, 60)}” is not a domain such as example.com.`))
  for (const { to, via, metric } of routes) {
    if (parseCidr(to) === null && parseAddress(to) === null && !/^[0-9a-fA-F:]*:[0-9a-fA-F:]*(?:\/\d{1,3})?$/.test(to)) found.push(problem(`${at}.routes`, `“${cleanLine(to, 60)}” is not a network. Write a route as 10.0.0.0/8 via 10.40.12.254, one a line.`))
    else if (parseAddress(via) === null && !/^[0-9a-fA-F:]*:[0-9a-fA-F:]+$/.test(via)) found.push(problem(`${at}.routes`, `The route to ${cleanLine(to, 60)} needs a router’s address: ${cleanLine(to, 60)} via 10.40.12.254.`))
    else found.push(...outside(`${at}.routes`, `The metric of ${cleanLine(to, 60)}`, metric, 0, 4_294_967_295))
  }
  return found
}

/** `10.0.0.0/8 via 10.40.12.254 metric 100`, one a line; the metric may be left out. */
export const routeLines = (routes: readonly Route[]): string => routes.map(({ to, via, metric }) => `${to} via ${via}${metric === USUAL_METRIC ? '' : ` metric ${metric}`}`).join('\n')

/** The chart's, and netplan's for DHCP. */
const USUAL_METRIC = 100

export const routesOf = (text: string): Route[] =>
  text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const parts = /^(\S+)(?:\s+via\s+(\S+))?(?:\s+metric\s+(\d{1,10}))?$/.exec(line)
    return { to: parts?.[1] ?? line, via: parts?.[2] ?? '', metric: parts?.[3] === undefined ? USUAL_METRIC : Number(parts[3]) }
  })
