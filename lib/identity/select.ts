import type { IdentityOption, VSphereOffer } from '@/lib/identity/offer'
import { compareVersions, sameVersion } from '@/lib/kubernetes/version'

/** Versions that the offer has a VM template for, newest first. */
export const offeredVersions = (offer: VSphereOffer): readonly string[] =>
  [...new Set(offer.templates.map((template) => template.version))].sort((a, b) => compareVersions(b, a))

/** The VM template to clone for a version: the first that the platform admin listed for it. */
export const templateFor = (offer: VSphereOffer, version: string): string | null =>
  offer.templates.find((template) => sameVersion(template.version, version))?.name ?? null

export const findIdentity = (options: readonly IdentityOption[], name: string): IdentityOption | null =>
  options.find((option) => option.name === name) ?? null
