/** One lab per state folder: two would write the same etcd data and end each other's processes as leftovers. */
import { join } from 'node:path'
import { holderOf, takeLock } from './file-lock'
import type { ProcessIdentity } from './process-identity'

const lockFile = (stateDir: string) => join(stateDir, 'lab.lock')

/** Answers the unlocking. Throws an error that names the process which runs a lab here already. */
export async function lockStateDir(stateDir: string): Promise<() => Promise<void>> {
  const lock = await takeLock(lockFile(stateDir))
  if ('unlock' in lock) return lock.unlock
  const { pid } = lock.heldBy
  throw new Error(`a lab runs already in ${stateDir}, as process ${pid}: stop that one, or give this one a state folder of its own`)
}

/** The living process whose lab uses this folder. */
export function lockHolder(stateDir: string): Promise<ProcessIdentity | undefined> {
  return holderOf(lockFile(stateDir))
}
