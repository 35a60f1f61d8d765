import type { KubeObject } from '@/lib/kubernetes/object'
import { shownYaml } from '@/lib/manifests/shown'
import type { ObjectDifference } from '@/lib/node-pool/review'
import { yamlDiff } from '@/lib/node-pool/yaml-diff'

/**
 * What a write changes of one object, as YAML for people; empty where nothing differs.
 * @param before null: there is none. One of another name is what the new one takes the place of
 * @param shown what people see of an object
 */
export function objectDifference(before: KubeObject | null, after: KubeObject, shown: (object: KubeObject) => string = shownYaml): readonly ObjectDifference[] {
  const { kind, metadata: { name } } = after
  const lines = yamlDiff(before === null ? '' : shown(before), shown(after))
  return lines.length === 0 ? [] : [{ kind, name, what: before?.metadata.name === name ? 'changed' : 'new', lines }]
}
