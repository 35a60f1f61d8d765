/** Which processes a lab started: `<stateDir>/run`, read by the next start to find what a killed lab left behind. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endProcess, identityOf, type ProcessIdentity } from './process-identity'

interface RunRecord extends ProcessIdentity {
  readonly name: string
}

/** Synchronous up to the write: a lab killed right after a spawn must leave a trace of it. */
export function record(runFile: string, name: string, pid: number): void {
  writeFileSync(runFile, JSON.stringify({ name, pid, startTime: '' }), { mode: 0o600 })
  void identityOf(pid).then((identity) => {
    if (identity !== undefined) writeFileSync(runFile, JSON.stringify({ name, ...identity }), { mode: 0o600 })
  })
}

/** All but the stores at once, then those: a kube-apiserver whose etcd went first lingers and holds its port. */
export async function endLeftovers(runDir: string): Promise<readonly string[]> {
  const found: RunRecord[] = []
  for (const file of readdirSync(runDir)) {
    if (!file.endsWith('.json')) continue
    const path = join(runDir, file)
    try {
      found.push(JSON.parse(readFileSync(path, 'utf8')) as RunRecord)
    } catch {
      // A record cut short by a crash names nobody.
    }
    rmSync(path, { force: true })
  }
  const living: RunRecord[] = []
  for (const one of found) if ((await identityOf(one.pid))?.startTime === one.startTime) living.push(one)
  const isStore = (one: RunRecord) => one.name === 'etcd' || one.name === 'datastore'
  await Promise.all(living.filter((one) => !isStore(one)).map((one) => endProcess(one, 4_000)))
  await Promise.all(living.filter(isStore).map((one) => endProcess(one, 4_000)))
  return living.map((one) => one.name)
}
