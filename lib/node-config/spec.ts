import { z } from 'zod'

/** One value of a Secret in the cluster's Namespace. What it holds is never read back. */
export const secretRef = z.object({ name: z.string(), key: z.string() })
export type SecretRef = z.infer<typeof secretRef>

const user = z.object({
  name: z.string(),
  /** Further groups, parted by commas; '' for none. As cloud-init takes them. */
  groups: z.string(),
  /** '' is the image's own. */
  shell: z.string(),
  /** A sudoers rule, `ALL=(ALL) NOPASSWD:ALL`; '' for none. */
  sudo: z.string(),
  sshKeys: z.array(z.string()),
  /** No sign-in by password, which is cloud-init's default. */
  lockPassword: z.boolean(),
  /** Where the hashed password is; null: none. */
  password: secretRef.nullable(),
})

const file = z.object({
  path: z.string(),
  /** `root:root`; '' is cloud-init's default, root. */
  owner: z.string(),
  /** Octal, `0644`; '' is cloud-init's default, 0644. */
  permissions: z.string(),
  append: z.boolean(),
  content: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('secret'), secret: secretRef }),
  ]),
})

/** How a machine is set up before and after it joins. Shape only; the rules are in `lib/node-config/rules.ts`. */
export const nodeShape = z.object({
  users: z.array(user),
  files: z.array(file),
  preCommands: z.array(z.string()),
  postCommands: z.array(z.string()),
  ntpServers: z.array(z.string()),
  /** Without leading dashes. */
  kubeletArgs: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Certificate authorities that the machine trusts besides its image's. */
  authorities: z.array(z.object({ name: z.string(), pem: z.string() })),
  /** Where images of a registry are looked for first, in this order. */
  mirrors: z.array(z.object({ registry: z.string(), endpoints: z.array(z.string()) })),
  proxy: z
    .object({
      /** `http://proxy.example.com:3128`, never with a password. */
      url: z.string(),
      /** Where the machine finds the URL with user name and password; null: the proxy asks for none. */
      credentials: secretRef.nullable(),
      /** What is reached without it. In a ClusterSpec only the person's own entries; in a PoolSpec all of them. */
      noProxy: z.array(z.string()),
    })
    .nullable(),
})
export type NodeConfig = z.infer<typeof nodeShape>
export type NodeUser = NodeConfig['users'][number]
export type NodeFile = NodeConfig['files'][number]
export type NodeProxy = NonNullable<NodeConfig['proxy']>

/** A machine as its image and kubeadm make it. */
export const NO_NODE_CONFIG: NodeConfig = { users: [], files: [], preCommands: [], postCommands: [], ntpServers: [], kubeletArgs: [], authorities: [], mirrors: [], proxy: null }
