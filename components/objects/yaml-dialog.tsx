'use client'
import { useEffect, useState } from 'react'
import { clusterHref } from '@/lib/cluster/href'
import type { ErrorView, Result } from '@/lib/errors'
import type { ObjectText } from '@/lib/manifests/object-row'
import { listed } from '@/lib/text'
import { useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog } from '@/components/ui/dialog'
import { Note } from '@/components/ui/note'
import { Skeleton } from '@/components/ui/skeleton'
import { unanswered } from './answer'

/** One object as it is at this moment; opening it again reads it again. */
async function read(tenant: string, cluster: string, kind: string, name: string, signal: AbortSignal): Promise<Result<ObjectText>> {
  try {
    const path = `/api${clusterHref(tenant, cluster)}/objects?${new URLSearchParams({ kind, object: name }).toString()}`
    const answer = await fetch(path, { signal })
    const body = (await answer.json()) as ObjectText | { error: ErrorView }
    return 'error' in body ? { ok: false, error: body.error } : { ok: true, value: body }
  } catch {
    return { ok: false, error: unanswered('The object could not be read.') }
  }
}

export function YamlDialog({ cluster, object, onClose }: { cluster: string; object: string; onClose: () => void }) {
  const { name: tenant } = useTenant()
  const [kind = '', name = ''] = object.split('/')
  const [found, setFound] = useState<Result<ObjectText> | null>(null)
  useEffect(() => {
    const control = new AbortController()
    void read(tenant, cluster, kind, name, control.signal).then((answer) => control.signal.aborted || setFound(answer))
    return () => control.abort()
  }, [tenant, cluster, kind, name])
  const text = found?.ok ? found.value : null
  return (
    <Dialog open wide="page" onOpenChange={(open) => !open && onClose()} title={<span className="[overflow-wrap:anywhere]">{name}</span>} description={`${kind}, as it is now. It can’t be changed here.`}>
      <div className="mt-3 flex min-h-0 flex-col gap-2">
        {found && !found.ok ? <ErrorNote error={found.error} /> : null}
        {text && text.leftOut.length > 0 ? (
          <Note><p className="[overflow-wrap:anywhere]">May be credentials, and left out: <span className="mono">{listed(text.leftOut, 4)}</span></p></Note>
        ) : null}
        {found === null || text ? (
          <>
            <div className="flex min-h-7 justify-end">{text ? <CopyButton text={text.yaml} label="Copy the YAML" look="plain">Copy</CopyButton> : null}</div>
            <pre tabIndex={0} role="region" aria-busy={text === null} aria-label={`YAML of ${name}`} className="h-[min(560px,calc(100dvh-260px))] min-h-32 overflow-auto rounded-2 bg-sunken px-3 py-2.5 font-mono text-12 leading-[18px] text-ink-2">
              {text ? text.yaml.split('\n').map((line, index) => <Line key={index} text={line} />) : <Waiting />}
            </pre>
          </>
        ) : null}
      </div>
    </Dialog>
  )
}

function Waiting() {
  return <span role="status" aria-label="Reading the object" className="after-a-moment block space-y-2.5 pt-1">{['w-40', 'w-28', 'w-56', 'w-64'].map((width) => <Skeleton key={width} className={width} />)}</span>
}

/** Keys at the left margin stand out: they part metadata, spec and status. */
function Line({ text }: { text: string }) {
  const key = /^(\w+:)(.*)$/.exec(text)
  return <>{key ? <><span className="text-ink">{key[1]}</span>{key[2]}</> : text}{'\n'}</>
}
