import { autoscalerVersion } from '@/lib/addons/autoscaler'
import { cpiVersion } from '@/lib/addons/cloud-provider'
import { CREDENTIALS_ANNOTATION, RESOURCE_SETS, SERVICE_MONITOR_ANNOTATION, SETTINGS_ANNOTATION } from '@/lib/addons/names'
import { addOnSettings, BARE_STORAGE, type AddOnName, type AddOnSettings } from '@/lib/addons/spec'
import { CSI_VERSION } from '@/lib/addons/versions'
import { dig, listIn, numberIn, stringIn } from '@/lib/kubernetes/dig'
import { minorOf } from '@/lib/kubernetes/version'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cleanLine } from '@/lib/text'

/** An add-on of one cluster as its page shows it. */
export interface AddOnView {
  readonly name: AddOnName
  /** null: not installed. */
  readonly installed: InstalledAddOn | null
  /** Of the image that fits the cluster now; null: it has none. */
  readonly fitting: string | null
  /** With which installing begins. */
  readonly begin: AddOnSettings
  /** Why it cannot be installed or changed; null: it can. */
  readonly reason: string | null
  /** What installing changes besides; null: nothing. */
  readonly also: string | null
}

export interface AddOnsPageData {
  readonly cluster: string
  /** Of the control plane. */
  readonly kubernetes: string
  readonly addOns: readonly AddOnView[]
}

export interface InstalledAddOn {
  /** null where its carrier was made or changed by something else, and says nothing that can be read. */
  readonly settings: AddOnSettings | null
  /** Tag of the image that its Deployment names. */
  readonly version: string | null
  /** Of its Deployment; null: it has none. */
  readonly running: { readonly ready: number; readonly wanted: number; readonly health: Health } | null
  /** What it takes to be as the portal would install it now, in words; empty: nothing. */
  readonly outdated: readonly string[]
  /** Whether its part in the tenant cluster has arrived there. null: it has none. */
  readonly inCluster: { readonly role: 'ok' | 'busy' | 'warn'; readonly sentence: string } | null
  /** Of metrics. */
  readonly serviceMonitor: { readonly role: 'ok' | 'idle'; readonly word: string; readonly sentence: string } | null
}

interface Health {
  readonly role: 'ok' | 'busy' | 'warn' | 'idle'
  readonly word: string
  readonly sentence: string
}

/** The settings that a carrier remembers; what an older portal did not know is as the portal would make it. Hostile text gives null. */
export function settingsOf(carrier: KubeObject, name: AddOnName): AddOnSettings | null {
  try {
    const said: unknown = JSON.parse(carrier.metadata.annotations?.[SETTINGS_ANNOTATION] ?? '')
    if (typeof said !== 'object' || said === null) return null
    const parsed = addOnSettings.safeParse({ ...bareSettings(name), ...said })
    return parsed.success && parsed.data.name === name ? parsed.data : null
  } catch {
    return null
  }
}

/** The settings for a cluster of this version: an image version that was typed for another minor is let go. */
export const following = (settings: AddOnSettings, kubernetes: string): AddOnSettings =>
  !('version' in settings) || settings.version === '' || minorOf(settings.version) === minorOf(kubernetes) ? settings : { ...settings, version: '' }

/** @returns null for what has no image */
export function versionFor(settings: AddOnSettings, kubernetes: string): string | null {
  switch (settings.name) {
    case 'cpi':
      return cpiVersion(settings, kubernetes)
    case 'csi':
      return CSI_VERSION
    case 'autoscaler':
      return autoscalerVersion(settings, kubernetes)
    case 'metrics':
    case 'proxy':
      return null
  }
}

/** What the portal would make without any setting typed. */
export const bareSettings = (name: AddOnName): AddOnSettings => {
  switch (name) {
    case 'cpi':
      return { name, region: '', zone: '', version: '' }
    case 'csi':
      return { name, ...BARE_STORAGE }
    case 'autoscaler':
      return { name, version: '' }
    case 'metrics':
      return { name, scraper: '' }
    case 'proxy':
      return { name, url: '', noProxy: '' }
  }
}

interface Found {
  /** What says that it is installed (CARRIERS). */
  readonly carrier: KubeObject | null
  readonly resourceSet: KubeObject | null
  /** `<uid>/<resourceVersion>` of the identity's Secret now; null: not known. */
  readonly credentials: string | null
  /** Whether the management cluster has the kind ServiceMonitor now. */
  readonly serviceMonitors: boolean
  /** What only that add-on knows. */
  readonly own?: Pick<AddOnView, 'begin' | 'reason' | 'also'> & { readonly outdated: readonly string[] }
}

export function addOnView(name: AddOnName, { carrier, resourceSet, credentials, serviceMonitors, own }: Found, kubernetes: string): AddOnView {
  const settings = carrier && settingsOf(carrier, name)
  const fitting = versionFor(settings ? following(settings, kubernetes) : bareSettings(name), kubernetes)
  const { begin, reason, also } = own ?? { begin: bareSettings(name), reason: null, also: null }
  const view = { name, fitting, begin, reason, also }
  if (!carrier) return { ...view, installed: null }
  const main = MAIN[name]
  const version = main === null ? null : imageVersion(carrier, main)
  const outdated = [...(own?.outdated ?? [])]
  if (version !== fitting) outdated.push(`It runs ${version ?? 'an unknown version'}; ${fitting} fits the cluster.`)
  if (hasOldSignIn(carrier, credentials)) outdated.push('The vSphere sign-in has changed since it was copied here.')
  const monitored = carrier.metadata.annotations?.[SERVICE_MONITOR_ANNOTATION] === 'true'
  if (name === 'metrics' && serviceMonitors && !monitored) outdated.push('The management cluster has the kind ServiceMonitor now; there is none of this cluster yet.')
  return {
    ...view,
    installed: {
      settings,
      version,
      running: main === null ? null : { ...podsOf(carrier), health: healthOf(carrier) },
      outdated,
      inCluster: RESOURCE_SETS[name] === null ? null : arrival(resourceSet, settings?.name === 'csi' && settings.className === '' ? 'node parts' : (ARRIVES[name] ?? 'part')),
      serviceMonitor: name === 'metrics' ? monitorOf(monitored) : null,
    },
  }
}

/**
 * Whether an add-on copied the sign-in from an older state of the identity's Secret.
 * @param now `<uid>/<resourceVersion>` of that Secret; null: not known, and nothing is claimed
 */
export function hasOldSignIn(carrier: KubeObject, now: string | null): boolean {
  const copied = carrier.metadata.annotations?.[CREDENTIALS_ANNOTATION]
  return copied !== undefined && now !== null && copied !== now
}

const monitorOf = (monitored: boolean): InstalledAddOn['serviceMonitor'] =>
  monitored
    ? { role: 'ok', word: 'Written', sentence: '' }
    : { role: 'idle', word: 'Not written', sentence: 'The management cluster did not have that kind: it comes with the Prometheus Operator. The Service and the token are there for other scrapers.' }

/** What of it is in the tenant cluster. */
const ARRIVES: Readonly<Partial<Record<AddOnName, string>>> = { csi: 'node part and StorageClass', metrics: 'token and its right to read metrics', proxy: 'policy and its binding' }

/** The container that the add-on is about, not its helpers; null: no Deployment. */
const MAIN: Readonly<Record<AddOnName, string | null>> = { cpi: 'vsphere-cloud-controller-manager', csi: 'vsphere-csi-controller', autoscaler: 'cluster-autoscaler', metrics: null, proxy: null }

function imageVersion(deployment: KubeObject, wanted: string): string | null {
  const main = listIn(deployment, 'spec', 'template', 'spec', 'containers').find((container) => stringIn(container, 'name') === wanted)
  const tag = /:([\w.-]{1,128})$/.exec(stringIn(main, 'image') ?? '')?.[1]
  return tag === undefined ? null : cleanLine(tag, 40)
}

const podsOf = (deployment: KubeObject) => ({ ready: numberIn(deployment, 'status', 'readyReplicas') ?? 0, wanted: numberIn(deployment, 'spec', 'replicas') ?? 0 })

/** What its Deployment says; nothing is claimed of Pods that nobody has reported. */
function healthOf(deployment: KubeObject): Health {
  const { ready, wanted } = podsOf(deployment)
  const generation = numberIn(deployment, 'metadata', 'generation')
  const observed = numberIn(deployment, 'status', 'observedGeneration')
  if (observed === null) return { role: 'idle', word: 'Not started', sentence: 'The management cluster has not begun to run it.' }
  const failing = listIn(deployment, 'status', 'conditions').find((condition) => stringIn(condition, 'status') === 'False' && stringIn(condition, 'type') === 'Progressing')
  if (failing) return { role: 'warn', word: 'Stuck', sentence: cleanLine(stringIn(failing, 'message') ?? 'It does not come up.', 300) }
  const unmade = listIn(deployment, 'status', 'conditions').find((condition) => stringIn(condition, 'type') === 'ReplicaFailure' && stringIn(condition, 'status') === 'True')
  if (unmade) return { role: 'warn', word: 'Stuck', sentence: cleanLine(stringIn(unmade, 'message') ?? 'Its Pods are refused.', 300) }
  if (generation !== null && observed < generation) return { role: 'busy', word: 'Changing', sentence: 'The management cluster is about to replace its Pods.' }
  if (ready >= wanted && (numberIn(deployment, 'status', 'updatedReplicas') ?? 0) >= wanted) return { role: 'ok', word: 'Running', sentence: '' }
  return { role: 'busy', word: 'Starting', sentence: `${ready} of ${wanted} Pods are ready. They wait for the control plane when the cluster is new.` }
}

/** Condition ResourcesApplied of the ClusterResourceSet (cluster-api api/addons/v1beta2/clusterresourceset_types.go). */
function arrival(set: KubeObject | null, what: string): InstalledAddOn['inCluster'] {
  if (!set) return { role: 'warn', sentence: 'Its part in the cluster is missing.' }
  const conditions = [...listIn(set, 'status', 'conditions'), ...listIn(set, 'status', 'v1beta2', 'conditions')]
  const applied = conditions.find((condition) => dig(condition, 'type') === 'ResourcesApplied')
  const generation = numberIn(set, 'metadata', 'generation')
  const observed = numberIn(set, 'status', 'observedGeneration')
  const current = generation === null || observed === null || observed >= generation
  if (stringIn(applied, 'status') === 'True' && current) return { role: 'ok', sentence: `Its ${what} are in the cluster.` }
  const reason = stringIn(applied, 'message')
  return { role: 'busy', sentence: `Its ${what} are not in the cluster yet${reason ? `: ${cleanLine(reason, 300)}` : '; they follow when its API answers'}.` }
}
