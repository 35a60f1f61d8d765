import { compareVersions, parseVersion, plainVersion, sameVersion } from '@/lib/kubernetes/version'
import { cleanLine } from '@/lib/text'

/** What the rules of an upgrade look at. */
export interface Footing {
  /** What the control plane runs (its status), as `v1.34.3`; null while nobody knows. */
  readonly current: string | null
  readonly pools: readonly { readonly name: string; readonly version: string | null }[]
  /** VM templates that the cluster's identity is offered with. */
  readonly templates: readonly { readonly name: string; readonly version: string }[]
}

/** A version that the page offers. */
export interface OfferedVersion {
  readonly version: string
  /** `nodes`: the control plane has it already, and pools can follow. */
  readonly step: 'minor' | 'patch' | 'nodes'
  readonly templates: readonly string[]
}

const FULL = /^v?(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** `v1.35.2` of what a person typed or a controller wrote; null for anything but a full version. */
export function fullVersion(text: string): string | null {
  const match = FULL.exec(text.trim())
  return match === null ? null : `v${Number(match[1])}.${Number(match[2])}.${Number(match[3])}`
}

/**
 * Why the control plane cannot go to a version; null when it can. Kamaji takes one minor at a time and none back, and its
 * provider checks nothing: a version that Kamaji refuses stays in the spec and shows as a condition only (Kamaji
 * internal/webhook/handlers/tcp_version.go; it compares minors, a lower patch is refused here).
 */
export function targetProblem(typed: string, current: string | null): string | null {
  const version = fullVersion(typed)
  if (typed.trim() === '') return 'Choose a version.'
  if (version === null) return `Use a full version such as v1.35.2, in digits, not “${cleanLine(typed, 40)}”.`
  const to = parseVersion(version)
  const from = current === null ? null : parseVersion(current)
  if (to === null || from === null) return 'What the control plane runs is not known yet. Try again once it is ready.'
  const now = plainVersion(current ?? '')
  if (compareVersions(version, current ?? '') < 0) return `Kubernetes cannot be downgraded: the control plane runs ${now}, and ${plainVersion(version)} is older.`
  if (to.major !== from.major || to.minor - from.minor > 1) {
    return `From ${now} to ${plainVersion(version)} are ${to.major === from.major ? `${to.minor - from.minor} minor versions` : 'more than one minor version'}. Upgrade one at a time: to ${from.major}.${from.minor + 1} first.`
  }
  return null
}

/** How many minors a kubelet may be older than the API server: three from 1.28 on, two before (kubernetes.io, version skew policy). */
const skewOf = (minor: number): number => (minor >= 28 ? 3 : 2)

/** Why a pool's nodes do not fit a control plane; null when they do, or nobody knows their version. */
export function skewProblem(pool: { readonly name: string; readonly version: string | null }, controlPlane: string): string | null {
  const [nodes, plane] = [parseVersion(pool.version ?? ''), parseVersion(controlPlane)]
  if (nodes === null || plane === null || nodes.major !== plane.major) return null
  const oldest = plane.minor - skewOf(plane.minor)
  if (nodes.minor >= oldest) return null
  return `Pool ${pool.name} runs ${plainVersion(pool.version ?? '')}, and a control plane of ${plane.major}.${plane.minor} takes nodes back to ${plane.major}.${oldest}. Upgrade that pool first.`
}

/**
 * What becomes of a pool that stays behind; null where nothing does. Cluster API makes no machine of another minor than the
 * control plane's for kubeadm (internal/controllers/machineset/machineset_preflight.go, KubeadmVersionSkew).
 */
export function behindWords(pool: { readonly name: string; readonly version: string | null }, controlPlane: string): string | null {
  const [nodes, plane] = [parseVersion(pool.version ?? ''), parseVersion(controlPlane)]
  if (nodes === null || plane === null || compareVersions(pool.version ?? '', controlPlane) >= 0) return null
  if (nodes.minor === plane.minor) return `Its machines run on as they are.`
  return `Its machines run on as they are. Until it is upgraded too, Cluster API makes no new ones for it: it cannot grow, and a broken machine is not replaced.`
}

const isBehind = (version: string | null, target: string): boolean => version !== null && compareVersions(version, target) < 0

/** Versions to go to, newest first: those with a VM template, at most one minor ahead, none back. */
export function offeredUpgrades({ current, pools, templates }: Footing): readonly OfferedVersion[] {
  const now = current === null ? null : parseVersion(current)
  if (now === null || current === null) return []
  const versions = [...new Set(templates.map(({ version }) => fullVersion(version)).filter((version) => version !== null))]
  return versions
    .filter((version) => targetProblem(version, current) === null && (!sameVersion(version, current) || pools.some((pool) => isBehind(pool.version, version))))
    .sort((a, b) => compareVersions(b, a))
    .map((version) => ({
      version,
      step: sameVersion(version, current) ? 'nodes' : parseVersion(version)?.minor === now.minor ? 'patch' : 'minor',
      templates: templatesOf(templates, version),
    }))
}

export const templatesOf = (templates: Footing['templates'], version: string): readonly string[] =>
  templates.filter((template) => sameVersion(template.version, version)).map(({ name }) => name)

/** Pools that a version would bring forward. */
export const poolsBehind = ({ pools }: Pick<Footing, 'pools'>, version: string): readonly string[] =>
  pools.filter((pool) => isBehind(pool.version, version)).map(({ name }) => name)
