import 'server-only'
import { leavingWords } from '@/lib/machine/leaving'
import type { MachineInput } from '@/server/inputs'
import { findMachine } from '@/server/machines/find'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/** How the leaving of a machine goes, in words, before anybody asks for it. */
export async function lookAtMachine(ctx: TenantContext, input: MachineInput): Promise<{ leaving: string }> {
  const { machine } = await findMachine(ctx, runtime().asUser(ctx.identity), input)
  return { leaving: leavingWords(machine) }
}
