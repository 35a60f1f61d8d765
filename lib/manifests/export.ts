import { LOOK_AGAIN } from '@/lib/doctor/annotations'
import { listIn, recordIn, stringIn, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject, ObjectMeta } from '@/lib/kubernetes/object'
import { MAX_SIZE_ANNOTATION, MIN_SIZE_ANNOTATION } from '@/lib/manifests/autoscaler'
import { CONVERSION_DATA, LAST_APPLIED, OPERATION_ANNOTATION } from '@/lib/manifests/labels'
import { withoutCredentials } from '@/lib/manifests/left-out'
import { toYaml } from '@/lib/manifests/yaml'

/** Kinds that people ask for, in the order of lib/manifests/render.ts: each after what it refers to. */
export const ASKED_KINDS = [
  'Cluster', 'InClusterIPPool', 'VSphereCluster', 'KamajiControlPlane', 'VSphereMachineTemplate', 'KubeadmConfigTemplate', 'MachineDeployment', 'MachineHealthCheck',
] as const
/** Kinds that controllers make of them. Never Secrets or ConfigMaps. */
export const MADE_KINDS = ['TenantControlPlane', 'MachineSet', 'Machine', 'KubeadmConfig', 'VSphereMachine', 'VSphereVM', 'IPAddressClaim', 'IPAddress'] as const
/**
 * What add-ons consist of that tenants may read. Listed and shown, never exported: the portal writes them as itself, and people may not.
 * Only what carries ADD_ON_LABEL: a Namespace has Deployments of others too.
 */
export const ADD_ON_KINDS = ['Deployment', 'ClusterResourceSet'] as const
export const OBJECT_KINDS = [...ASKED_KINDS, ...ADD_ON_KINDS, ...MADE_KINDS] as const
export type ObjectKind = (typeof OBJECT_KINDS)[number]

export const isAsked = (kind: string): boolean => (ASKED_KINDS as readonly string[]).includes(kind)
export const isAddOnKind = (kind: string): boolean => (ADD_ON_KINDS as readonly string[]).includes(kind)

/** The object as a person reads it: without the bookkeeping of the API server and of kubectl. */
export function readable(object: KubeObject): KubeObject {
  const metadata = withAt(object.metadata, ['managedFields'], undefined)
  return { ...object, metadata: withoutAnnotations(metadata, (key) => key === LAST_APPLIED || key === CONVERSION_DATA) }
}

/** Templates that a pool is made from now; superseded ones wait for the last of their machines to go. */
export function templatesInUse(objects: readonly KubeObject[]): ReadonlySet<string> {
  const spec = ['spec', 'template', 'spec'] as const
  const refs = objects.filter(({ kind }) => kind === 'MachineDeployment').flatMap((pool) => [recordIn(pool, ...spec, 'infrastructureRef'), recordIn(pool, ...spec, 'bootstrap', 'configRef')])
  return new Set(refs.map((ref) => `${stringIn(ref, 'kind')}/${stringIn(ref, 'name')}`))
}

/** Objects of the desired state, in the order in which they are applied. What is on its way out is not wished for any more. */
export function desiredObjects(objects: readonly KubeObject[]): readonly KubeObject[] {
  const used = templatesInUse(objects)
  const ending = objects.some(({ kind, metadata }) => kind === 'Cluster' && metadata.deletionTimestamp !== undefined)
  const wished = objects.filter((object) => {
    if (!ending && object.metadata.deletionTimestamp !== undefined) return false
    return isAsked(object.kind) && (!/Template$/.test(object.kind) || used.has(`${object.kind}/${object.metadata.name}`))
  })
  return inOrder(wished)
}

/** By kind as in OBJECT_KINDS, then by name. */
export const inOrder = <Item extends { readonly kind: string; readonly metadata: { readonly name: string } }>(items: readonly Item[]): readonly Item[] => {
  const place = ({ kind }: Item): number => (OBJECT_KINDS as readonly string[]).indexOf(kind)
  return items.toSorted((a, b) => place(a) - place(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
}

/**
 * What somebody asked for, and nothing that the API server or a controller wrote.
 * @param all objects of the same cluster: whether its endpoint was asked for shows in another object
 */
export function desiredState(object: KubeObject, all: readonly KubeObject[]): KubeObject {
  const { apiVersion, kind, metadata: { name, namespace, labels, annotations } } = object
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) }
  return { apiVersion, kind, metadata: withoutAnnotations(metadata, isBookkeeping), ...(object.spec === undefined ? {} : { spec: desiredSpec(object, all) }) }
}

function desiredSpec({ kind, spec = {}, metadata }: KubeObject, all: readonly KubeObject[]): Readonly<Record<string, unknown>> {
  const without = (...fields: readonly string[]) => fields.reduce((left, field) => withAt(left, [field], undefined), spec)
  switch (kind) {
    case 'Cluster': // copied from the VSphereCluster; `paused: false` would fight with a pause
      return without('controlPlaneEndpoint', ...(spec['paused'] === false ? ['paused'] : []))
    case 'KamajiControlPlane': // written once the address is known
      return without('controlPlaneEndpoint')
    case 'VSphereCluster': // Kamaji's provider fills it in, unless an address was asked for
      return hasFixedEndpoint(all) ? spec : without('controlPlaneEndpoint')
    case 'MachineDeployment': // the size is the autoscaler's
      return metadata.annotations?.[MIN_SIZE_ANNOTATION] !== undefined && metadata.annotations[MAX_SIZE_ANNOTATION] !== undefined ? without('replicas') : spec
    default:
      return spec
  }
}

/** Without a KamajiControlPlane nobody else would fill it in. */
function hasFixedEndpoint(all: readonly KubeObject[]): boolean {
  const planes = all.filter(({ kind }) => kind === 'KamajiControlPlane')
  return planes.length === 0 || planes.some((plane) => stringIn(plane, 'spec', 'network', 'serviceAddress') !== null)
}

const isBookkeeping = (key: string): boolean =>
  key === LAST_APPLIED || key === CONVERSION_DATA || key === OPERATION_ANNOTATION || key === LOOK_AGAIN || key.startsWith('machinedeployment.clusters.x-k8s.io/')

function withoutAnnotations(metadata: ObjectMeta, drop: (key: string) => boolean): ObjectMeta {
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !drop(key))
  return withAt(metadata, ['annotations'], kept.length === 0 ? undefined : Object.fromEntries(kept))
}

export interface ExportFile {
  /** `blue-1/05-vspheremachinetemplate-blue-1-general-1a2b3c4d5e.yaml` */
  readonly path: string
  readonly text: string
}

/**
 * The desired state as a folder: a file for each object, numbered in the order in which they are applied, and a
 * kustomization.yaml. An object from which a value had to be left out would overwrite the live one with less: its file ends in
 * `.yaml.incomplete`, which nothing applies, and its head says what to fill in. The same state gives the same bytes.
 */
export function exportFiles(cluster: string, objects: readonly KubeObject[]): readonly ExportFile[] {
  const files = desiredObjects(objects).map((object, index) => {
    const { object: clean, leftOut } = withoutCredentials(desiredState(object, objects))
    // A path in a tar has room for 100 characters; the number keeps the names apart.
    const stem = `${String(index + 1).padStart(2, '0')}-${object.kind.toLowerCase()}-${object.metadata.name}`.slice(0, 80)
    return leftOut.length === 0 ? { name: `${stem}.yaml`, text: toYaml([clean]) } : { name: `${stem}.yaml.incomplete`, text: headOf(leftOut) + toYaml([clean]) }
  })
  const whole = files.filter(({ name }) => name.endsWith('.yaml'))
  const incomplete = files.filter((file) => !whole.includes(file))
  const kustomization = [
    `# What was asked for of the cluster ${cluster}. Apply: kubectl apply -k .`,
    ...incomplete.map(({ name }) => `# Not applied until what was left out is filled in, or comes by contentFrom: ${name}`),
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    ...whole.map(({ name }) => `  - ${name}`),
    '',
  ].join('\n')
  return [...files, { name: 'kustomization.yaml', text: kustomization }].map(({ name, text }) => ({ path: `${cluster}/${name}`, text }))
}

const headOf = (leftOut: readonly string[]): string =>
  ['# These may hold credentials and were left out. Fill them in, or take them from a Secret by contentFrom, before you apply it:', ...leftOut.map((path) => `#   ${path}`), ''].join('\n')

/** `InClusterIPPool/blue-1`: what the object names that may not carry the cluster's label. */
export function referencesOf(object: KubeObject): readonly string[] {
  const named = (ref: unknown): string => `${stringIn(ref, 'kind')}/${stringIn(ref, 'name')}`
  switch (object.kind) {
    case 'Cluster':
      return [recordIn(object, 'spec', 'controlPlaneRef'), recordIn(object, 'spec', 'infrastructureRef')].map(named)
    case 'MachineDeployment':
      return [...templatesInUse([object])]
    case 'VSphereMachineTemplate':
      return listIn(object, 'spec', 'template', 'spec', 'network', 'devices').flatMap((device) => listIn(device, 'addressesFromPools')).map(named)
    default:
      return []
  }
}
