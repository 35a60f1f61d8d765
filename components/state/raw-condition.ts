import type { ConditionView } from '@/lib/state'

/** As `kubectl get -o yaml` would show it. */
export function rawCondition({ type, status, reason, message, since }: ConditionView): string {
  return [
    `type:    ${type}`,
    `status:  "${status}"`,
    reason ? `reason:  ${reason}` : null,
    message ? `message: ${message}` : null,
    since ? `since:   ${since}` : null,
  ].filter((line) => line !== null).join('\n')
}
