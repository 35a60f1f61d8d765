/**
 * What Kamaji's admission webhook on TenantControlPlane refuses, in its words. The provider validates nothing itself: a refused
 * value stays in the KamajiControlPlane's spec and shows only as TenantControlPlaneCreated=False.
 */

/** The newest minor that this Kamaji, and the lab's kube-apiserver, can run. */
export const newestMinor = 35
/** `kube-apiserver --emulated-version` goes three minors back; an older tenant runs as this one. */
export const oldestEmulatedMinor = 32

export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
}

export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text)
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) }
}

/** Throws as the webhook's answer reads through the provider. `accepted` is the version that went through last. */
export function admitTenantControlPlane(name: string, version: string, accepted: string | undefined): void {
  const wanted = parseVersion(version)
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > 63) refuse(`the name must be a valid DNS-1035 label: ${name}`)
  if (wanted === undefined) return refuse(`unable to parse the desired Kubernetes version: ${version}`)
  const tooNew = wanted.major > 1 || wanted.minor > newestMinor
  if (accepted === undefined) {
    if (tooNew) refuse(`unable to create a TenantControlPlane with a Kubernetes version greater than the supported one, actually v1.${newestMinor}`)
    return
  }
  const before = parseVersion(accepted)
  if (before === undefined) return
  // Kamaji compares minors: a lower patch of the same minor goes through.
  if (tooNew) refuse(`unable to upgrade to a version greater than the supported one (v1.${newestMinor})`)
  if (wanted.minor < before.minor) refuse(`unable to downgrade a TenantControlPlane from 1.${before.minor}.0 to 1.${wanted.minor}.0`)
  if (wanted.minor - before.minor > 1) refuse('unable to upgrade to a minor version in a non-sequential mode')
}

/** The provider's own check, made before the webhook's. */
export function admitCertificateNames(names: readonly string[]): void {
  const withPort = names.find((name) => /^(\[.*\]|[^:]+):\d*$/.test(name))
  if (withPort !== undefined) {
    throw new Error(
      `cannot create or update TenantControlPlane: entry ${withPort} is invalid: a certificate SAN must be made of host only with no port`,
    )
  }
}

function refuse(text: string): void {
  throw new Error(`cannot create or update TenantControlPlane: admission webhook "vtenantcontrolplane.kb.io" denied the request: ${text}`)
}
