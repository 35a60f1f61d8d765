import type { KubeObject } from '@/lib/kubernetes/object'
import type { ConditionView } from '@/lib/state'
import { cleanLine, cleanText } from '@/lib/text'
import { dig, listAt, timeAt } from '@/server/management/parse/raw'

const STATUS: ReadonlySet<unknown> = new Set(['True', 'False'])

function find(list: readonly unknown[], type: string): ConditionView | null {
  const raw = list.find((item) => dig(item, 'type') === type)
  if (raw === undefined) return null
  const status = dig(raw, 'status')
  return {
    type,
    status: STATUS.has(status) ? (status as 'True' | 'False') : 'Unknown',
    reason: cleanLine(dig(raw, 'reason'), 100),
    message: cleanText(dig(raw, 'message')),
    since: timeAt(raw, 'lastTransitionTime'),
  }
}

const isV1Beta1 = (object: KubeObject): boolean => object.apiVersion.endsWith('/v1beta1')

/**
 * A condition in the newest form that the object has: `status.conditions` since v1beta2, `status.v1beta2.conditions` beside
 * the old ones in v1beta1. Other groups (Kamaji, IPAM) have only `status.conditions`.
 */
export function condition(object: KubeObject | null, type: string): ConditionView | null {
  if (object === null) return null
  return find(listAt(object.status, 'v1beta2', 'conditions'), type) ?? find(listAt(object.status, 'conditions'), type)
}

/**
 * The same thing as Cluster API's first conditions say it. They are kept here for one reason: their lastTransitionTime moves
 * with each reason (util/conditions/deprecated/v1beta1/setter.go), where the newer ones' moves with the status only.
 */
export function oldCondition(object: KubeObject | null, type: string): ConditionView | null {
  if (object === null) return null
  const old = isV1Beta1(object) ? dig(object.status, 'conditions') : dig(object.status, 'deprecated', 'v1beta1', 'conditions')
  return find(Array.isArray(old) ? (old as readonly unknown[]) : [], type)
}

export const isTrue = (view: ConditionView | null): boolean => view?.status === 'True'
export const isFalse = (view: ConditionView | null): boolean => view?.status === 'False'

/** failureReason/failureMessage: terminal, set by providers that give up. v1beta2 keeps them under `deprecated`. */
export function failureOf(object: KubeObject | null): string | null {
  for (const place of [dig(object, 'status'), dig(object, 'status', 'deprecated', 'v1beta1')]) {
    const text = cleanLine(dig(place, 'failureMessage')) || cleanLine(dig(place, 'failureReason'))
    if (text !== '') return text
  }
  return null
}
