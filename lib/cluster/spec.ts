import { z } from 'zod'
import { dhcpSettings, moreNetwork } from '@/lib/node-pool/device'
import { addOnsShape } from '@/lib/addons/spec'
import { advancedShape } from '@/lib/cluster/advanced'
import { machineExtras } from '@/lib/node-pool/extras'
import { nodeShape } from '@/lib/node-config/spec'

/**
 * What a person asks for when they create a cluster: the form, the action and the type are this one schema. Shape and
 * single-field rules are here; rules between fields are added by `lib/cluster/rules.ts` (clusterSpec), and what needs the
 * management cluster (name taken, version offered) by the use case `server/clusters/create.ts`.
 */
export const clusterShape = z.object({
  name: z.string(),
  version: z.string(),
  controlPlane: z.object({ replicas: z.number().int(), advanced: advancedShape }),
  endpoint: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('load-balancer') }),
    z.object({ kind: z.literal('fixed'), host: z.string(), port: z.number().int() }),
  ]),
  identity: z.string(),
  placement: z.object({
    datacenter: z.string(),
    resourcePool: z.string(),
    folder: z.string(),
    datastore: z.string(),
    network: z.string(),
    template: z.string(),
  }),
  addresses: z.discriminatedUnion('kind', [
    /** What is left out is as netplan has it: IPv4, and everything that the server says. */
    z.object({ kind: z.literal('dhcp'), settings: dhcpSettings.optional(), nameservers: z.array(z.string()).optional() }),
    z.object({
      kind: z.literal('pool'),
      /** `10.40.12.64-10.40.12.95` or a CIDR. */
      range: z.string(),
      prefix: z.number().int(),
      gateway: z.string(),
      nameservers: z.array(z.string()),
      /** A second pool on the same network, so that each machine has an address of both families. */
      ipv6: z.object({ range: z.string(), prefix: z.number().int(), gateway: z.string() }).optional(),
    }),
    /** A GlobalInClusterIPPool that the platform offers. */
    z.object({ kind: z.literal('shared'), pool: z.string(), nameservers: z.array(z.string()) }),
  ]),
  networks: z.object({ pods: z.string(), services: z.string() }),
  pool: z.object({
    name: z.string(),
    replicas: z.number().int(),
    cpus: z.number().int(),
    memoryMiB: z.number().int(),
    diskGiB: z.number().int(),
    /** VSphereDeploymentZones that the machines are spread over; absent or empty: where `placement` says. */
    zones: z.array(z.string()).optional(),
    moreNetworks: z.array(moreNetwork).optional(),
    /** How its machines are set up; `proxy.noProxy` holds only the person's own entries. */
    node: nodeShape,
    extras: machineExtras,
  }),
  addOns: addOnsShape,
})
export type ClusterSpec = z.infer<typeof clusterShape>
