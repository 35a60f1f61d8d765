import type { Phase, Rollout } from '@/lib/rollout/story'

const COMING: readonly Phase[] = ['clone', 'address', 'power', 'boot', 'join']
const LEAVING: readonly Phase[] = ['drain', 'delete']

/** What replacing one machine takes, in ms, by what the last change took; null where that did not replace any. */
export function perMachine(medians: Rollout['medians']): number | null {
  const [coming, leaving] = [COMING, LEAVING].map((phases) => phases.reduce((sum, phase) => sum + (medians[phase] ?? 0), 0))
  return coming && leaving ? coming + leaving : null
}
