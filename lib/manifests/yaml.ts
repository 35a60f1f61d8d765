import { stringify } from 'yaml'
import type { KubeObject } from '@/lib/kubernetes/object'

/**
 * The objects as one YAML stream. Lines are not folded: a folded command reads as two. Quoted for YAML 1.1, which kubectl
 * reads: there a plain `on` or `yes` is no text.
 */
export const toYaml = (objects: readonly KubeObject[]): string =>
  objects.map((object) => stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')
