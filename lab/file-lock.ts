/** A lock file that names the process holding it: one left by a killed process holds nothing. */
import { link, readFile, rm } from 'node:fs/promises'
import { identityOf, isAlive, type ProcessIdentity } from './process-identity'
import { writePrivate } from './pki'

export type FileLock = { readonly unlock: () => Promise<void> } | { readonly heldBy: ProcessIdentity }

export async function takeLock(path: string): Promise<FileLock> {
  const self = await identityOf(process.pid)
  if (self === undefined) throw new Error('the start time of this process can’t be read: neither /proc nor ps answers')
  const own = `${path}.${process.pid}`
  await writePrivate(own, JSON.stringify(self))
  try {
    for (;;) {
      const heldBy = await holderOf(path)
      if (heldBy !== undefined) return { heldBy }
      await rm(path, { force: true })
      // A link is made whole or fails, unlike a file that is written after it was created.
      if (await link(own, path).then(() => true, ignoreExisting)) break
    }
  } finally {
    await rm(own, { force: true })
  }
  const unlock = async () => {
    const holder = await holderOf(path)
    if (holder?.pid === self.pid && holder.startTime === self.startTime) await rm(path, { force: true })
  }
  return { unlock }
}

/** The living process that holds the lock. */
export async function holderOf(path: string): Promise<ProcessIdentity | undefined> {
  try {
    const identity = JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity
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
