import 'server-only'
import { plainVersion } from '@/lib/kubernetes/version'
import { standingOf, type OperationRow } from '@/server/db/operations'
import { upgradeIntent } from '@/server/inputs'
import type { Asker } from '@/server/operations/asker'
import type { Ending, Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { driveUpgrade, upgradeEnding } from '@/server/upgrade/drive'

/** A portal that dies this often in the middle of a look takes no further step by itself. */
const MAX_LOOKS = 5

/** The next look at an upgrade, in the name of its person; what a person has to decide is told in the cluster's timeline. */
export async function resumeUpgrade(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const look = async (): Promise<void> => {
    const reason = await reasonToWait(ctx, row)
    // Steps under way go on by themselves and are seen to their end; the next one would be written, and is not.
    if (reason !== null) lease.lookOnly(reason)
    await driveUpgrade(ctx, row, lease, 'resume')
  }
  const ends = upgradeEnding(row)
  await lease.during(look, ends).catch((error: unknown) => {
    // Paused or stopped meanwhile: who did so has told it.
    if (!lease.gone) tell(ctx, row, ends(error))
  })
}

/** Nobody may be acted for after they left, or find on Monday that what stood still since Friday went on. */
async function reasonToWait(ctx: Asker, row: OperationRow): Promise<string | null> {
  if (row.attempts > MAX_LOOKS) return `The portal stopped ${MAX_LOOKS} times in the middle of it.`
  const { young, present } = await standingOf(runtime().db, row.id, ctx.session.groups)
  if (!young) return 'No portal ran for over 15 min, so it did not go on by itself.'
  if (!present) return `${row.who} is not signed in any more, or with other groups, and nothing is done in the name of somebody who is not there.`
  return null
}

function tell(ctx: Asker, { id, cluster, clusterUid, spec }: OperationRow, ending: Ending): void {
  if (!('state' in ending)) return
  const at = new Date()
  const to = plainVersion(upgradeIntent.safeParse(spec).data?.to ?? '?')
  const text = `The upgrade to ${to} ${ending.state === 'interrupted' ? 'waits for somebody to go on with it' : 'has ended'}: ${ending.error ?? ''}`
  noteAct(ctx, { key: `${id}:${ending.state}:${at.getTime()}`, clusterUid: clusterUid ?? '', cluster, subject: null, text, role: 'warn' }, at)
}
