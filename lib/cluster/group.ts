import type { ClusterGroup, ClusterWord } from '@/lib/cluster/view'
import type { StateRole } from '@/lib/state'

const WORDS: Readonly<Record<ClusterWord, readonly [ClusterGroup, StateRole]>> = {
  Stalled: ['needs-you', 'warn'],
  'Deletion held': ['needs-you', 'warn'],
  Degraded: ['needs-you', 'bad'],
  Failed: ['needs-you', 'bad'],
  Creating: ['changing', 'busy'],
  Scaling: ['changing', 'busy'],
  Updating: ['changing', 'busy'],
  Upgrading: ['changing', 'busy'],
  Replacing: ['changing', 'busy'],
  Deleting: ['changing', 'idle'],
  Ready: ['settled', 'ok'],
  Paused: ['settled', 'idle'],
}

export const groupOf = (word: ClusterWord): ClusterGroup => WORDS[word][0]
export const roleOf = (word: ClusterWord): StateRole => WORDS[word][1]
