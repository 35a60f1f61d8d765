/** The Go toolchain: found, checked, run. */
import { spawn } from 'node:child_process'

const oldest = { major: 1, minor: 25 }
const candidates = ['go', '/usr/local/go/bin/go']

export interface GoCommand {
  readonly path: string
  /** Answers what it printed. Rejects with its errors. */
  readonly run: (args: readonly string[], cwd: string, signal?: AbortSignal) => Promise<string>
}

/** Throws one line that says what to install. */
export async function findGo(commands: readonly string[] = candidates): Promise<GoCommand> {
  let found = 'none was found'
  for (const path of commands) {
    const run: GoCommand['run'] = (args, cwd, signal) => runGo(path, args, cwd, signal)
    const text = await run(['version'], process.cwd()).catch(() => undefined)
    if (text === undefined) continue
    if (isNewEnough(text)) return { path, run }
    found = `found: ${text.trim()}`
  }
  throw new Error(`The lab is built from source: install Go ${oldest.major}.${oldest.minor} or newer from https://go.dev/dl/ (${found}).`)
}

export function isNewEnough(goVersion: string): boolean {
  const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(goVersion) ?? []
  if (major === undefined || minor === undefined) return false
  return Number(major) > oldest.major || (Number(major) === oldest.major && Number(minor) >= oldest.minor)
}

function runGo(path: string, args: readonly string[], cwd: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    // A group of its own: go starts compilers, which have to end with it.
    const child = spawn(path, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' },
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    const abort = () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    }
    signal?.addEventListener('abort', abort, { once: true })
    child.once('error', reject)
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort)
      if (code === 0) resolve(output)
      else if (signal?.aborted === true) reject(signal.reason as Error)
      // Downloads are told on stderr, too; what went wrong comes last.
      else reject(new Error(`go ${args.join(' ')}:\n${errors.trim().split('\n').slice(-20).join('\n')}`))
    })
  })
}
