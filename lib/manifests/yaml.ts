import { stringify } from 'yaml'
import type { KubeObject } from '@/lib/kubernetes/object'

/** The objects as one YAML stream, for the preview. Lines are not folded: a folded command reads as two. */
export const toYaml = (objects: readonly KubeObject[]): string =>
  objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')
