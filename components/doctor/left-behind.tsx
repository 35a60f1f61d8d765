'use client'
import { isWorthSaying, type LeftBehind } from '@/lib/doctor/left-behind'
import { logCommand } from '@/lib/doctor/meaning'
import { useTenant } from '@/components/live/hooks'
import { Raw } from '@/components/state/error-note'
import { Collapsible } from '@/components/ui/collapsible'
import { Note } from '@/components/ui/note'
import { useNow } from '@/components/ui/now'
import { Clock } from '@/components/ui/time'

/** Above the list of clusters: hosted control planes that no cluster leads to any more, as the page found them when it was opened. */
export function LeftBehindNotes({ all }: { all: readonly LeftBehind[] }) {
  const now = useNow(1000)
  const { name: tenant } = useTenant()
  return all.filter((one) => isWorthSaying(one, now)).map(({ name, dataStore, since, finalizers, logs }) => (
    <Note key={name} role="warn" className="mb-4">
      <p>
        <b className="font-medium">The control plane of {name} is still there, although its cluster is gone.</b>{' '}
        It was asked to go at <Clock at={since} />, and Kamaji has not finished: it needs {dataStore === null ? 'its datastore' : <>the datastore <span className="mono">{dataStore}</span></>} for that.{' '}
        Until then it may go on running, and its Secrets with keys and its data stay. It goes by itself once the datastore answers. Give the name to no other cluster before.
      </p>
      <Collapsible chevron="start" summary={<span className="text-ink-2">Its raw words, and the log to read</span>}>
        <Raw label={`Raw words of TenantControlPlane ${name}`}>{`TenantControlPlane ${tenant}/${name}\nmetadata.finalizers: ${finalizers.join(', ') || 'none'}`}</Raw>
        <Raw label="Command for the log">{logCommand(logs)}</Raw>
      </Collapsible>
    </Note>
  ))
}
