/** Whether the portal that was built is the portal that lies here. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What `next build` reads. */
const folders = ['app', 'components', 'lib', 'server', 'prisma', 'public']
const files = [
  'next.config.mjs', 'postcss.config.mjs', 'package.json', 'package-lock.json', 'tsconfig.json', 'prisma.config.ts', 'proxy.ts', 'instrumentation.ts',
  'instrumentation-node.ts',
]
/** Neither of these ends up in the build; `generated` follows from prisma/. */
const skipped = /(^|\/)generated(\/|$)|\.test\.tsx?$/

export async function sourceState(root: string): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const path of [...files, ...(await Promise.all(folders.map((folder) => under(root, folder)))).flat()].sort()) {
    const content = await readFile(join(root, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (content !== undefined) hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 16)
}

async function under(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !skipped.test(path))
}
