'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { isWorthSaying, letGoOfSecret, SECRET_PROTECTION, type LeftBehind, type LeftBehindPlane, type LeftBehindSecret } from '@/lib/doctor/left-behind'
import { logCommand } from '@/lib/doctor/meaning'
import { useCan, useTenant } from '@/components/live/hooks'
import { Raw } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Collapsible } from '@/components/ui/collapsible'
import { Note } from '@/components/ui/note'
import { useNow } from '@/components/ui/now'
import { At } from '@/components/ui/time'
import { LetGoDialog } from './let-go-dialog'

/** Above the list of clusters: what is there although no cluster leads to it any more, as the page found it when it was opened. */
export function LeftBehindNotes({ all }: { all: readonly LeftBehind[] }) {
  const now = useNow(1000)
  return all.filter((one) => isWorthSaying(one, now)).map((one) => (
    <Note key={`${one.is}/${one.name}`} role="warn" className="mb-4">
      {one.is === 'control-plane' ? <PlaneNote plane={one} /> : <SecretNote secret={one} />}
    </Note>
  ))
}

function PlaneNote({ plane: { name, dataStore, since, finalizers, logs } }: { plane: LeftBehindPlane }) {
  const { name: tenant } = useTenant()
  return (
    <>
      <p>
        <b className="font-medium">The control plane of {name} is still there, although its cluster is gone.</b>{' '}
        It was asked to go <At at={since} />, and Kamaji has not finished: it needs {dataStore === null ? 'its datastore' : <>the datastore <span className="mono">{dataStore}</span></>} for that.{' '}
        Until then it may go on running, and its Secrets with keys and its data stay. It goes by itself once the datastore answers. Give the name to no other cluster before.
      </p>
      <Collapsible chevron="start" summary={<span className="text-ink-2">Its raw words, and the log to read</span>}>
        <Raw label={`Raw words of TenantControlPlane ${name}`}>{`TenantControlPlane ${tenant}/${name}\nmetadata.finalizers: ${finalizers.join(', ') || 'none'}`}</Raw>
        <Raw label="Command for the log">{logCommand(logs)}</Raw>
      </Collapsible>
    </>
  )
}

function SecretNote({ secret: one }: { secret: LeftBehindSecret }) {
  const { name, secret, since } = one
  const { name: tenant } = useTenant()
  const router = useRouter()
  const can = useCan('unstick:cluster')
  const [open, setOpen] = useState(false)
  const close = (done: boolean) => {
    setOpen(false)
    if (done) router.refresh()
  }
  return (
    <>
      <p>
        <b className="font-medium">A Secret of {name} is still there, although its cluster is gone.</b>{' '}
        <span className="mono [overflow-wrap:anywhere]">{secret}</span> was asked to go <At at={since} />. Kamaji has removed the control plane and forgotten to let go of the Secret with its sign-in
        at the datastore: it does not go by itself. While it is there, another cluster of that name would never start.
      </p>
      <Button size="sm" className="mt-2 mb-1" reason={can.reason} onClick={() => setOpen(true)}>Let go of it</Button>
      <Collapsible chevron="start" summary={<span className="text-ink-2">Its raw words</span>}>
        <Raw label={`Raw words of Secret ${secret}`}>{`Secret ${tenant}/${secret}\nmetadata.finalizers: ${SECRET_PROTECTION}`}</Raw>
      </Collapsible>
      {open ? <LetGoDialog resort={letGoOfSecret(one)} cluster={name} onClose={close} /> : null}
    </>
  )
}
