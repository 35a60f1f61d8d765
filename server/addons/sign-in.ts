import 'server-only'
import { runtime } from '@/server/runtime'

/** Which state of the identity's Secret is the newest; null where nobody can tell. The sign-in itself goes nowhere. */
export async function signInVersion(identity: string | null): Promise<string | null> {
  if (identity === null) return null
  return runtime().own.signInOf(identity).then(({ version }) => version, () => null)
}
