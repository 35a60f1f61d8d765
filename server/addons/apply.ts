import 'server-only'
import { stepOf } from '@/lib/addons/names'
import { isAppError } from '@/lib/errors'
import type { PreparedAddOns } from '@/server/addons/prepare'
import { interrupted } from '@/server/operations/apply'
import type { Lease } from '@/server/operations/lease'
import { runtime } from '@/server/runtime'

/**
 * Writes the add-ons, each whole, and notes each. All of it may be written again: what is so already does not change.
 * @param before names of what the operation has written so far
 * @throws AppError 'interrupted' once something was or may have been written; otherwise the refusal itself
 */
export async function applyAddOns(lease: Lease, { wanted, objectsOf }: PreparedAddOns, owner: { readonly name: string; readonly uid: string }, before: readonly string[] = []): Promise<void> {
  const applied = [...before]
  let wrote = before.length > 0
  for (const [index, settings] of wanted.entries()) {
    const missing = wanted.slice(index).map(({ name }) => stepOf(name))
    try {
      for (const object of objectsOf(settings, owner)) {
        lease.assertHeld()
        await runtime().own.apply(object)
        wrote = true
      }
      applied.push(stepOf(settings.name))
      await lease.step({ applied: [...applied], missing: missing.slice(1) })
    } catch (error) {
      const unwritten = !wrote && isAppError(error) && error.view.code !== 'management-away'
      if (lease.gone || unwritten) throw error
      throw interrupted({ operationId: lease.id, exist: applied, missing }, error)
    }
  }
}
