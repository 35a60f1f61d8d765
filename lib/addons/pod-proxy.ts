import { CONFIG_ANNOTATION, names, SETTINGS_ANNOTATION } from '@/lib/addons/names'
import { tenantObjects, type AddOnPlace } from '@/lib/addons/objects'
import { POLICY_ARGS, POLICY_GROUP, policyVersion } from '@/lib/addons/policy-version'
import type { AddOnSettings } from '@/lib/addons/spec'
import { listIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { plainVersion } from '@/lib/kubernetes/version'

export type ProxySettings = Extract<AddOnSettings, { name: 'proxy' }>

/** Of the policy and its binding in the tenant cluster. */
export const POD_PROXY = 'tenantry-pod-proxy'
/** On a Pod or its Namespace, with this value: no proxy. */
export const OPT_OUT = { key: 'tenantry.dev/proxy', value: 'none' } as const

/** The entries as people type them: parted by commas, blanks or lines. */
export const noProxyEntries = (text: string): readonly string[] => text.split(/[\s,]+/).filter((entry) => entry !== '')

/**
 * The policy that gives containers the proxy, in the tenant cluster, carried there by a ClusterResourceSet which remembers the settings.
 * Nothing of it runs anywhere. @throws Error for a version of Kubernetes that does not know such a policy: a rule refuses it
 */
export function podProxyObjects(place: AddOnPlace, settings: ProxySettings, kubernetes: string): readonly KubeObject[] {
  const version = policyVersion(kubernetes)
  if (version === null) throw new Error(`Kubernetes ${kubernetes} has no MutatingAdmissionPolicy`)
  const name = names.proxy(place.cluster)
  const annotations = { [SETTINGS_ANNOTATION]: JSON.stringify(settings), [CONFIG_ANNOTATION]: version }
  return tenantObjects(place, 'proxy', name, [{ name, objects: [policy(settings, version), binding(version)] }], annotations)
}

/** Of the control plane as it stands, for the policy. `off`: somebody switched it off on purpose. */
export type PolicyArgs = 'enough' | 'missing' | 'off'

export const ALSO_ARGS = `The control plane’s Pods are replaced: its API server starts with ${POLICY_ARGS.join(' and ')}.`

/** @param set of the ClusterResourceSet, which remembers the version that was rendered */
export function podProxyOutdated(set: KubeObject, kubernetes: string, args: PolicyArgs): readonly string[] {
  const outdated: string[] = []
  if (set.metadata.annotations?.[CONFIG_ANNOTATION] !== policyVersion(kubernetes)) outdated.push(`The policy is written for another version of Kubernetes than ${plainVersion(kubernetes)}.`)
  if (args === 'off') outdated.push('The API server does not take the policy any more. Pods get no proxy.')
  if (args === 'missing') outdated.push('The API server has lost the arguments that the policy takes. Pods get no proxy. Update adds them, and the control plane’s Pods are replaced.')
  if (listIn(set, 'spec', 'resources').some((resource) => stringIn(resource, 'name') === noneOf(set.metadata.name))) outdated.push('It was to be removed, and that did not come to its end. Remove it again, or write it again by Update.')
  return outdated
}

const noneOf = (set: string): string => `${set}-none`

/** The set with nothing that it would carry: its ConfigMap has a name that nobody has. A set without any is refused by its schema. */
export function emptiedSet(set: KubeObject): KubeObject {
  return { ...set, spec: { ...set.spec, resources: [{ kind: 'ConfigMap', name: noneOf(set.metadata.name) }] } }
}

/**
 * A JSON patch, not an apply configuration: a merge would put the portal's value in place of the container's own. In both spellings a variable is one:
 * a container with its own HTTP_PROXY gets no http_proxy either, which some programs prefer. Mutations of a policy see each other's
 * changes; init containers come in a second one.
 */
function policy({ url, noProxy }: ProxySettings, version: string): KubeObject {
  const proxy = { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: noProxyEntries(noProxy).join(',') }
  const variables = Object.entries(proxy).flatMap(([name, value]) => [name, name.toLowerCase()].map((spelt) => `{"name": ${JSON.stringify(spelt)}, "value": ${JSON.stringify(value)}}`))
  return {
    apiVersion: `${POLICY_GROUP}/${version}`,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: POD_PROXY },
    spec: {
      matchConstraints: {
        // What is changed of a Pod later is not its environment.
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
            { key: OPT_OUT.key, operator: 'NotIn', values: [OPT_OUT.value] },
          ],
        },
        objectSelector: { matchExpressions: [{ key: OPT_OUT.key, operator: 'NotIn', values: [OPT_OUT.value] }] },
      },
      // A Pod without a proxy is a smaller harm than a cluster that takes no Pod.
      failurePolicy: 'Ignore',
      // Again for containers that another admission adds, such as a sidecar's.
      reinvocationPolicy: 'IfNeeded',
      variables: [{ name: 'proxy', expression: `[${variables.join(', ')}]` }],
      mutations: ['containers', 'initContainers'].map((list) => ({ patchType: 'JSONPatch', jsonPatch: { expression: patchOf(list) } })),
    },
  }
}

/** The container's own variables stay first and as they are; those that it has not set come after them. */
const patchOf = (list: string): string => `object.spec.?${list}.orValue([]).transformList(i, c, JSONPatch{
  op: "add",
  path: "/spec/${list}/" + string(i) + "/env",
  value: c.?env.orValue([]) + variables.proxy.filter(v, !c.?env.orValue([]).exists(e, e.name.upperAscii() == v.name.upperAscii()))
})`

const binding = (version: string): KubeObject => ({
  apiVersion: `${POLICY_GROUP}/${version}`,
  kind: 'MutatingAdmissionPolicyBinding',
  metadata: { name: POD_PROXY },
  spec: { policyName: POD_PROXY },
})
