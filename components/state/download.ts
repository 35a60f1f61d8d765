import type { ErrorView } from '@/lib/errors'

/**
 * Asks for a file and puts it into the downloads.
 * @param failed told when there is no answer, or none that says why
 * @returns the headers of the answer, or why there is no file
 */
export async function download(path: string, method: 'GET' | 'POST', fileName: string, failed: ErrorView): Promise<Headers | ErrorView> {
  try {
    const answer = await fetch(path, { method })
    if (!answer.ok) {
      const body = (await answer.json().catch(() => null)) as { error?: ErrorView } | ErrorView | null
      return (body && 'error' in body ? body.error : (body as ErrorView | null)) ?? failed
    }
    const url = URL.createObjectURL(await answer.blob())
    const link = document.createElement('a')
    link.href = url
    link.download = fileName
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
    return answer.headers
  } catch {
    return failed
  }
}
