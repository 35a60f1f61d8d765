/** Next calls this once a server process, before the first request. */
export async function register(): Promise<void> {
  // The edge runtime has no sockets and no files; nothing of ours runs there.
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return
  const { start } = await import('@/server/start')
  try {
    await start()
  } catch (error) {
    // Next would log a stack and go on half started: a portal without its environment must not look alive.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
}
