'use client'
import { CopyButton } from '@/components/ui/copy-button'
import { Button } from '@/components/ui/button'
import { Note } from '@/components/ui/note'

/** Something that should not happen: what it means for the person, the way on, and a code to quote. */
export function ErrorPage({ digest, retry }: { digest: string | undefined; retry: () => void }) {
  return (
    <div className="max-w-xl">
      <h1 className="mb-3">This page could not be shown</h1>
      <Note role="bad" alert>
        <p>Something broke on our side. Your clusters are not touched by it, and nothing was changed.</p>
        {digest ? <p className="mt-1 flex items-center gap-1 text-ink-2">Quote the code <span className="mono text-ink">{digest}</span> when you report it.<CopyButton text={digest} label="Copy the code" /></p> : null}
      </Note>
      <div className="mt-4"><Button look="primary" onClick={retry}>Try again</Button></div>
    </div>
  )
}
