import { NO_POLICY, policyVersion } from '@/lib/addons/policy-version'
import { noProxyEntries, type ProxySettings } from '@/lib/addons/pod-proxy'
import type { AddOns, AddOnSettings } from '@/lib/addons/spec'
import { wantedAddOns } from '@/lib/addons/spec'
import type { Problem } from '@/lib/cluster/rules/problem'
import { SCRAPER } from '@/lib/identity/offer'
import { minorOf, parseVersion } from '@/lib/kubernetes/version'
import { listed } from '@/lib/text'
import { proxyProblems } from '@/lib/node-config/rules/addresses'

const IMAGE_VERSION = /^v\d{1,3}\.\d{1,3}\.\d{1,3}$/
const CLASS_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/
const DATASTORE_URL = /^ds:\/\/\/vmfs\/volumes\/[^\s/]+\/$/
/** vSphere's limit of a tag category's and of a policy's name, less what no inventory uses. */
const NAME_MAX = 80

/** Every broken rule of one add-on; paths begin at the settings. */
export function addOnProblems(settings: AddOnSettings, kubernetes: string): readonly Problem[] {
  switch (settings.name) {
    case 'cpi':
      return [...versionProblems(settings.version, kubernetes, 'CPI'), ...topologyProblems(settings.region, settings.zone)]
    case 'csi':
      return [...storageProblems(settings), ...topologyProblems(settings.region, settings.zone)]
    case 'autoscaler':
      return versionProblems(settings.version, kubernetes, 'The autoscaler')
    case 'metrics':
      return settings.scraper === '' || SCRAPER.test(settings.scraper) ? [] : [{ path: ['scraper'], message: 'Give the ServiceAccount as namespace/name, like monitoring/prometheus, or leave it empty.' }]
    case 'proxy':
      return podProxyProblems(settings, kubernetes)
  }
}

/** Of a new cluster: what is switched off has no rules. */
export const addOnsProblems = (addOns: AddOns, kubernetes: string): readonly Problem[] =>
  wantedAddOns(addOns).flatMap((settings) => addOnProblems(settings, kubernetes).map(({ path, message }) => ({ path: ['addOns', settings.name, ...path], message })))

function versionProblems(version: string, kubernetes: string, what: string): readonly Problem[] {
  if (version === '') return []
  if (!IMAGE_VERSION.test(version)) return [{ path: ['version'], message: 'Give a version like v1.35.1, or leave it empty: then it follows the cluster.' }]
  // A cluster's own version that cannot be read is told at its field.
  if (parseVersion(kubernetes) === null || minorOf(version) === minorOf(kubernetes)) return []
  return [{ path: ['version'], message: `${what} has to be of the cluster's own minor: v${minorOf(kubernetes)}.x.` }]
}

function topologyProblems(region: string, zone: string): readonly Problem[] {
  const problems: Problem[] = []
  if (region !== '' && zone === '') problems.push({ path: ['zone'], message: 'Give the tag category of zones as well, or leave both empty.' })
  if (zone !== '' && region === '') problems.push({ path: ['region'], message: 'Give the tag category of regions as well, or leave both empty.' })
  for (const [path, value] of [['region', region], ['zone', zone]] as const) if (!isName(value)) problems.push({ path: [path], message: `Give the category's name as vSphere has it, at most ${NAME_MAX} characters.` })
  return problems
}

function storageProblems({ className, policy, datastoreUrl }: Extract<AddOnSettings, { name: 'csi' }>): readonly Problem[] {
  const problems: Problem[] = []
  if (className === '') {
    const NO_CLASS = 'There is no StorageClass for it. Name one, or leave this empty.'
    return ([['policy', policy], ['datastoreUrl', datastoreUrl]] as const).flatMap(([path, value]) => (value === '' ? [] : [{ path: [path], message: NO_CLASS }]))
  }
  if (!CLASS_NAME.test(className)) problems.push({ path: ['className'], message: 'Use lower-case letters, digits, dots and hyphens; begin and end with a letter or digit.' })
  if (!isName(policy)) problems.push({ path: ['policy'], message: `Give the policy's name as vSphere has it, at most ${NAME_MAX} characters.` })
  if (datastoreUrl !== '' && !DATASTORE_URL.test(datastoreUrl)) problems.push({ path: ['datastoreUrl'], message: 'Give the URL that vSphere shows for the datastore: ds:///vmfs/volumes/<id>/' })
  if (policy !== '' && datastoreUrl !== '') problems.push({ path: ['datastoreUrl'], message: 'Give a storage policy or a datastore, not both.' })
  return problems
}

/**
 * What Kubernetes would not change of a StorageClass that is there: parameters, reclaimPolicy and volumeBindingMode
 * (kubernetes pkg/apis/storage/validation/validation.go, ValidateStorageClassUpdate). Another name makes another class.
 * @param now null: not installed, or nothing that can be read
 */
export function storageClassProblems(now: AddOnSettings | null, wanted: AddOnSettings): readonly Problem[] {
  if (now?.name !== 'csi' || wanted.name !== 'csi' || now.className !== wanted.className || now.className === '') return []
  const fixed = (['policy', 'datastoreUrl', 'reclaimPolicy', 'binding'] as const).filter((field) => now[field] !== wanted[field])
  return fixed.length === 0 ? [] : [{ path: ['className'], message: `The StorageClass ${now.className} keeps its ${listed(fixed.map((field) => FIXED_WORDS[field]), 4)} for ever. Give the new one another name.` }]
}
const FIXED_WORDS = { policy: 'storage policy', datastoreUrl: 'datastore', reclaimPolicy: 'reclaim policy', binding: 'volume binding' } as const

function podProxyProblems({ url, noProxy }: ProxySettings, kubernetes: string): readonly Problem[] {
  // A cluster's own version that cannot be read is told at its field.
  if (parseVersion(kubernetes) !== null && policyVersion(kubernetes) === null) return [{ path: ['url'], message: NO_POLICY }]
  // Not said again: a password may be in it.
  if (url.includes('@')) return [{ path: ['url'], message: 'Give the URL without user name and password: everybody in the cluster could read them. Pods need a proxy that asks for none.' }]
  return proxyProblems({ url, credentials: null, noProxy: [...noProxyEntries(noProxy)] }, 'proxy').map(({ path, message }) => ({ path: path.slice(1), message }))
}

const isName = (text: string): boolean => text.length <= NAME_MAX && !/\p{Cc}/u.test(text)
