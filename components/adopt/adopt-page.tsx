'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { AdoptionReview } from '@/lib/adopt/review'
import type { ErrorView, Result } from '@/lib/errors'
import { listed, plural } from '@/lib/text'
import { useCan, useTenant } from '@/components/live/hooks'
import { clusterHref } from '@/lib/cluster/href'
import { ErrorNote } from '@/components/state/error-note'
import { Button, buttonLook } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Note } from '@/components/ui/note'
import { Panel } from '@/components/ui/panel'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { originWords } from './words'

/** The review of a take-over: what changes hands, what stays, and what is left to do elsewhere. */
export function AdoptPage({ cluster, read }: { cluster: string; read: Result<AdoptionReview> }) {
  const { name: tenant } = useTenant()
  const back = <Link href={clusterHref(tenant, cluster)} className={buttonLook()}>Back to {cluster}</Link>
  return (
    <div className="max-w-[860px] space-y-4">
      <h1 className="[overflow-wrap:anywhere]">Take over {cluster}</h1>
      {!read.ok ? <><ErrorNote error={read.error} />{back}</> : read.value.origin === null ? <><p>{cluster} is Tenantry’s own: there is nothing to take over.</p>{back}</> : <Review review={read.value} back={back} />}
    </div>
  )
}

function Review({ review, back }: { review: AdoptionReview; back: React.ReactNode }) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('adopt:cluster')
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorView | null>(null)
  const { cluster, uid, origin, objects, reasons, dryRun, machines } = review
  const run = async () => {
    setBusy(true)
    setError(null)
    const result = await actions.adoptCluster({ tenant, cluster, uid })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    toast(`${cluster} was taken over`, { description: 'No machine was replaced.' })
    router.push(clusterHref(tenant, cluster))
  }
  const free = reasons.length === 0
  return (
    <>
      {free ? (
        <Panel title="What happens" id="happens">
          <ul className="list-disc space-y-1 px-4 pb-4 pl-8">
            <li>No machine is replaced: {plural(machines, 'machine stays', 'machines stay')} as {machines === 1 ? 'it is' : 'they are'}. {dryRun ? 'A dry run as you just now left every spec as it is.' : 'A dry run shows it to those who may do it.'}</li>
            <li>The fields that Tenantry sets become its own, with the values that they have. {origin ? origin.tool : 'The other tool'} lets go of {plural(objects.filter(({ from }) => from.length > 0).length, 'object')}.</li>
            <li>From then on pools can be changed here, and the address pool goes with the cluster when it is deleted.</li>
          </ul>
        </Panel>
      ) : (
        <Note role="warn">
          <p className="font-medium">It stays as it is, and can’t be changed here beyond scaling and deleting.</p>
          <ul className="mt-1 list-disc pl-4">{reasons.map((reason) => <li key={reason} className="[overflow-wrap:anywhere]">{reason}</li>)}</ul>
        </Note>
      )}
      {free && origin ? <Afterwards tenant={tenant} origin={origin} /> : null}
      <Panel title="Objects" id="adopted" note={objects.length}>
        <Table aria-labelledby="adopted">
          <thead><tr><Th>Object</Th><Th>Lets go</Th><Th className="max-s:hidden">Goes on setting fields</Th></tr></thead>
          <tbody>
            {objects.map(({ kind, name, from, stay }) => (
              <Tr key={`${kind}/${name}`}>
                <Td><span className="block">{kind}</span><span className="mono block text-12 text-ink-2 [overflow-wrap:anywhere]">{name}</span></Td>
                <Td className="text-ink-2 [overflow-wrap:anywhere]">{from.length === 0 ? 'nobody' : listed(from, 4)}</Td>
                <Td className="text-ink-2 max-s:hidden [overflow-wrap:anywhere]">{stay.length === 0 ? 'nobody' : listed(stay, 4)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Panel>
      {error ? <ErrorNote error={error} /> : null}
      <div className="flex flex-wrap gap-2">
        {free ? <Button look="primary" busy={busy} reason={can.reason} onClick={() => void run()}>Take over {cluster}</Button> : null}
        {back}
      </div>
    </>
  )
}

/** Nothing here can make the other tool forget it. */
function Afterwards({ tenant, origin }: { tenant: string; origin: NonNullable<AdoptionReview['origin']> }) {
  if (origin.tool !== 'Helm') return <Note role="warn"><p>Afterwards don’t apply the old files again: they would set back what is changed here. Export the cluster and keep that instead.</p></Note>
  const command = origin.release === null ? null : `kubectl -n ${tenant} delete secret -l owner=helm,name=${origin.release}`
  return (
    <Note role="warn">
      <p>Helm still has a record of what it installed: <b className="font-medium">helm uninstall would delete the cluster</b>, and helm upgrade would change it back. After the take-over let a platform admin remove the record of {originWords(origin)}. That removes no object of the cluster.</p>
      {command === null ? null : <p className="mt-1 flex items-center gap-2"><code className="mono min-w-0 [overflow-wrap:anywhere]">{command}</code><CopyButton text={command} label="Copy the command" /></p>}
    </Note>
  )
}
