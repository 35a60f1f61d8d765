import { parse } from 'yaml'
import { type Problem, outside, problem } from '@/lib/cluster/rules/problem'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { isQualifiedName, isReservedLabel } from '@/lib/node-pool/rules/metadata'
import { parseAddress } from '@/lib/ip-pool/ipv4'
import { cleanLine } from '@/lib/text'

const AT = 'controlPlane.advanced'
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Everything under Advanced of the create form, and of a control plane that is changed. */
export function advancedProblems(spec: Pick<ClusterSpec, 'controlPlane' | 'endpoint'>): Problem[] {
  const { advanced } = spec.controlPlane
  const { labels, extraArgs, dataStore, kubelet, deployment, service, certSANs, serviceDomain } = advanced
  return [
    ...labelProblems('labels', labels),
    ...Object.keys(labels).filter((key) => isReservedLabel(key) || key.startsWith('tenantry.dev/') || key === 'app.kubernetes.io/managed-by').map((key) => problem(`${AT}.labels`, `The label ${cleanLine(key, 80)} belongs to the platform.`)),
    ...(['apiServer', 'controllerManager', 'scheduler'] as const).flatMap((component) => extraArgs[component].flatMap((arg, index) => argProblems(`extraArgs.${component}`, arg, extraArgs[component].slice(0, index)))),
    ...(dataStore.name === '' || (SUBDOMAIN.test(dataStore.name) && dataStore.name.length <= 253) ? [] : [problem(`${AT}.dataStore.name`, `“${cleanLine(dataStore.name, 60)}” is not the name of a DataStore.`)]),
    ...(kubelet.preferredAddressTypes.length === 0 ? [problem(`${AT}.kubelet.preferredAddressTypes`, 'Give at least one type of address.')] : []),
    ...(new Set(kubelet.preferredAddressTypes).size < kubelet.preferredAddressTypes.length ? [problem(`${AT}.kubelet.preferredAddressTypes`, 'Each type of address can be there once.')] : []),
    ...labelProblems('deployment.labels', deployment.labels),
    ...labelProblems('deployment.podLabels', deployment.podLabels),
    ...labelProblems('deployment.nodeSelector', deployment.nodeSelector),
    ...annotationProblems('deployment.annotations', deployment.annotations),
    ...annotationProblems('deployment.podAnnotations', deployment.podAnnotations),
    ...yamlProblems('deployment.affinity', deployment.affinity, 'map', ['nodeAffinity', 'podAffinity', 'podAntiAffinity']),
    ...yamlProblems('deployment.tolerations', deployment.tolerations, 'list', ['key', 'operator', 'value', 'effect', 'tolerationSeconds']),
    ...yamlProblems('deployment.topologySpread', deployment.topologySpread, 'list', ['maxSkew', 'topologyKey', 'whenUnsatisfiable', 'labelSelector', 'minDomains', 'nodeAffinityPolicy', 'nodeTaintsPolicy', 'matchLabelKeys']),
    ...labelProblems('service.labels', service.labels),
    ...annotationProblems('service.annotations', service.annotations),
    ...serviceProblems(spec),
    ...certSANs.flatMap((name) => sanProblems(name)),
    ...(SUBDOMAIN.test(serviceDomain) && serviceDomain.length <= 253 ? [] : [problem(`${AT}.serviceDomain`, serviceDomain === '' ? 'Give the service domain; cluster.local is the usual one.' : `“${cleanLine(serviceDomain, 60)}” is not a domain such as cluster.local.`)]),
    ...(spec.endpoint.kind === 'fixed' ? [] : outside(`${AT}.apiServerPort`, 'The port', advanced.apiServerPort, 1, MAX_PORT)),
  ]
}

function labelProblems(field: string, labels: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    if (!isQualifiedName(key)) return [problem(`${AT}.${field}`, `“${cleanLine(key, 80)}” is not a label’s name. Write one a line, such as cni=calico.`)]
    return LABEL_VALUE.test(value) ? [] : [problem(`${AT}.${field}`, `${cleanLine(key, 80)}: “${cleanLine(value, 60)}” is not a label’s value: at most 63 of a–z, 0–9, “-”, “_” and “.”.`)]
  })
}

const annotationProblems = (field: string, annotations: Readonly<Record<string, string>>): Problem[] =>
  Object.keys(annotations).filter((key) => !isQualifiedName(key)).map((key) => problem(`${AT}.${field}`, `“${cleanLine(key, 80)}” is not an annotation’s name. Write one a line, such as metallb.io/address-pool=blue.`))

function argProblems(field: string, arg: string, before: readonly string[]): Problem[] {
  const name = /^--([a-z][a-z0-9-]*)(?:=.*)?$/.exec(arg)?.[1]
  if (name === undefined || arg.length > 4096) return [problem(`${AT}.${field}`, `“${cleanLine(arg, 80)}” is not an argument such as --v=2.`)]
  // Kamaji puts people's arguments over its own, and its etcd users may read more than their own prefix.
  if (name.startsWith('etcd-')) return [problem(`${AT}.${field}`, `Where a control plane keeps its data is the platform’s: leave out --${name}.`)]
  if (before.some((other) => other === `--${name}` || other.startsWith(`--${name}=`))) return [problem(`${AT}.${field}`, `The argument --${name} is there twice.`)]
  return []
}

/** The first look at a YAML text; the API server looks at the rest of it before anything is written. */
function yamlProblems(field: string, text: string, shape: 'map' | 'list', known: readonly string[]): Problem[] {
  if (text.trim() === '') return []
  const at = `${AT}.${field}`
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    return [problem(at, `This is no YAML: ${cleanLine(error instanceof Error ? error.message.split('\n')[0] : error, 120)}`)]
  }
  const items = shape === 'list' ? value : [value]
  if (!Array.isArray(items)) return [problem(at, `Write a list: each entry begins with “- ”, and has ${known.slice(0, 4).join(', ')}.`)]
  for (const item of items as unknown[]) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [problem(at, `Write ${shape === 'list' ? 'entries' : 'fields'} such as ${known.slice(0, 3).join(', ')}.`)]
    const odd = Object.keys(item).find((key) => !known.includes(key))
    if (odd !== undefined) return [problem(at, `There is no field ${cleanLine(odd, 40)} here; there are ${known.join(', ')}.`)]
  }
  return []
}

/** Kamaji's provider reads the port as int16 (controllers/kamajicontrolplane_controller_cluster_patch.go, ParseInt(.., 10, 16)). */
const MAX_PORT = 32767
/** Of a Service's node ports: kube-apiserver's default range begins here. */
const FIRST_NODE_PORT = 30000

function serviceProblems({ endpoint, controlPlane }: Pick<ClusterSpec, 'controlPlane' | 'endpoint'>): Problem[] {
  if (controlPlane.advanced.service.type !== 'NodePort') return []
  if (endpoint.kind !== 'fixed') return [problem(`${AT}.service.type`, 'A node port needs a fixed address: choose Fixed address under API endpoint, and give one of the management cluster’s nodes or what stands before them.')]
  if (endpoint.port >= FIRST_NODE_PORT) return []
  return [problem('endpoint.port', `With a node port the API’s port is the node’s own: ${FIRST_NODE_PORT} to ${MAX_PORT}, not ${endpoint.port}.`)]
}

function sanProblems(name: string): Problem[] {
  const at = `${AT}.certSANs`
  if (/^\[?[^\]]*\]?:\d+$/.test(name) && !/^[0-9a-f:]+$/i.test(name)) return [problem(at, `“${cleanLine(name, 60)}” has a port; a certificate names hosts alone.`)]
  const host = name.startsWith('*.') ? name.slice(2) : name
  return parseAddress(name) !== null || SUBDOMAIN.test(host) || /^[0-9a-f:]*:[0-9a-f:]+$/i.test(name) ? [] : [problem(at, `“${cleanLine(name, 60)}” is neither a name such as api.example.com nor an address.`)]
}
