/** One lab per state folder: two would write the same etcd data and end each other's processes as leftovers. */
import { link, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { identityOf, isAlive, type ProcessIdentity } from './process-identity'
import { writePrivate } from './pki'

const lockFile = (stateDir: string) => join(stateDir, 'lab.lock')

/** Answers the unlocking. Throws an error that names the process which runs a lab here already. */
export async function lockStateDir(stateDir: string): Promise<() => Promise<void>> {
  const self = await identityOf(process.pid)
  if (self === undefined) throw new Error('the start time of this process can’t be read: neither /proc nor ps answers')
  const path = lockFile(stateDir)
  const own = `${path}.${process.pid}`
  await writePrivate(own, JSON.stringify(self))
  try {
    for (;;) {
      const holder = await lockHolder(stateDir)
      if (holder !== undefined) {
        throw new Error(`a lab runs already in ${stateDir}, as process ${holder.pid}: stop that one, or give this one a state folder of its own`)
      }
      await rm(path, { force: true })
      // A link is made whole or fails, unlike a file that is written after it was created.
      const made = await link(own, path).then(() => true, ignoreExisting)
      if (made) break
    }
  } finally {
    await rm(own, { force: true })
  }
  return async () => {
    const holder = await lockHolder(stateDir)
    if (holder?.pid === self.pid && holder.startTime === self.startTime) await rm(path, { force: true })
  }
}

/** The living process whose lab uses this folder. */
export async function lockHolder(stateDir: string): Promise<ProcessIdentity | undefined> {
  try {
    const identity = JSON.parse(await readFile(lockFile(stateDir), 'utf8')) as ProcessIdentity
    return (await isAlive(identity)) ? identity : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false
  throw error
}
