/** What CAPV tells a guest before its first boot: `guestinfo.metadata`, as cloud-init's VMware datasource reads it. */
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'

export interface GuestMetadata {
  readonly hostname: string
  /** Without prefix length; undefined where the network gives it (DHCP). */
  readonly address: string | undefined
  /** Of its network devices, as netplan takes them; in their order. */
  readonly ethernets: readonly Readonly<Record<string, unknown>>[]
}

/** Undefined while there is none: CAPV writes it when it creates the VM. */
export function readGuestMetadata(extraConfig: ReadonlyMap<string, string>): GuestMetadata | undefined {
  const value = extraConfig.get('guestinfo.metadata')
  if (value === undefined || value === '') return undefined
  const text = decode(value, extraConfig.get('guestinfo.metadata.encoding') ?? '')
  const metadata = parse(text) as Record<string, unknown> | null
  const network = (metadata?.['network'] ?? {}) as { ethernets?: Record<string, { addresses?: string[] }> }
  const ethernets = Object.values(network.ethernets ?? {})
  const addresses = ethernets.flatMap((ethernet) => ethernet.addresses ?? [])
  return {
    hostname: String(metadata?.['local-hostname'] ?? metadata?.['hostname'] ?? ''),
    address: addresses[0]?.split('/')[0],
    ethernets,
  }
}

/** Stands in for a DHCP server: the same machine gets the same address of 10.60.0.0/16 after every restart. */
export function leaseOf(uuid: string): string {
  const [high = 0, low = 0] = createHash('sha256').update(uuid).digest()
  return `10.60.${high}.${(low % 254) + 1}`
}

function decode(value: string, encoding: string): string {
  switch (encoding) {
    case 'base64':
    case 'b64':
      return Buffer.from(value, 'base64').toString('utf8')
    case 'gzip+base64':
    case 'gz+b64':
      return gunzipSync(Buffer.from(value, 'base64')).toString('utf8')
    default:
      return value
  }
}
