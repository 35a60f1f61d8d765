'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { FormEvent } from 'react'
import { toast } from 'sonner'
import { unique } from '@/lib/node-config/no-proxy'
import { poolDifferences } from '@/lib/node-pool/difference'
import { devicesOf } from '@/lib/node-pool/networks'
import { fixedNetworks } from '@/lib/node-pool/rules/network'
import type { PoolPageData, PoolReview } from '@/lib/node-pool/review'
import { listed, plural } from '@/lib/text'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { useReviewed } from '@/components/state/use-reviewed'
import { Button, buttonLook } from '@/components/ui/button'
import { Note } from '@/components/ui/note'
import type { NodeForm } from '@/components/node-config/node-form'
import { useNodeSecrets } from '@/components/node-config/use-node-secrets'
import { AdvancedSection } from './advanced-section'
import { ChangesAside } from './changes-aside'
import { shownAt, specOf } from './draft'
import { clusterHref } from '@/lib/cluster/href'
import { PoolErrorSummary } from './pool-errors'
import { poolFieldId } from './pool-field'
import { ReviewPage } from './review-page'
import { MachineSection, SizeSection, ZonesSection } from './pool-sections'
import { usePoolForm } from './use-pool-form'

/** Form, then review, on one page: what was typed is still there on the way back. */
export function PoolEditor({ data }: { data: PoolPageData }) {
  const router = useRouter()
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:node-pool')
  const form = usePoolForm(data)
  const { review, setReview, refused, setRefused, failure, fail, busy, ask, summary, failed, top } = useReviewed<PoolReview>((fields) => {
    form.refuse(fields)
    return Object.keys(fields).map(shownAt)
  })
  const isNew = data.uid === null
  const secrets = useNodeSecrets()
  const nodeForm: NodeForm = {
    node: form.draft.node, computed: unique([...data.noProxy, ...fixedNetworks(devicesOf(form.draft))]), holdsAll: true, secrets,
    set: (next) => form.set('node', next),
    touch: (part) => form.touch(`node.${part}`),
    error: (part) => form.error(`node.${part}`),
    fieldId: (part) => poolFieldId(`node.${part}`),
  }
  const spec = specOf(form.draft)
  const changes = poolDifferences(data.spec, spec)
  // The server counts machines as well; a pool without any can be changed in everything.
  const replaces = changes.some(({ rolls }) => rolls) && spec.strategy.kind === 'rolling' && data.spec.size.kind === 'fixed' && data.spec.size.replicas > 0
  const home = clusterHref(tenant, data.cluster)
  const title = isNew ? `New pool of ${data.cluster}` : `Pool ${data.spec.name} of ${data.cluster}`

  const at = { tenant, cluster: data.cluster, spec, secrets: secrets.typed }
  const seen = { ...at, pool: data.spec.name, uid: data.uid ?? '', seen: data.spec }
  const write = () => ask<unknown>(() => (isNew ? actions.addPool(at) : actions.changePool(seen)), () => {
    toast(isNew ? `Adding pool ${spec.name}` : `Changing pool ${spec.name}`, { description: 'The cluster’s page follows it; you may leave.' })
    router.push(home)
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy || can.reason) return
    if (form.wrong.size === 0) return void ask(() => (isNew ? actions.reviewPoolAdd(at) : actions.reviewPoolChange(seen)), setReview)
    form.showAll()
    setRefused([...form.wrong.keys()])
  }

  if (review) return <ReviewPage title={title} review={review} isNew={isNew} pool={spec.name} busy={busy} reason={can.reason} onApply={() => void write()} onBack={() => setReview(null)} />
  return (
    <>
      <div className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3">
        <h1 ref={top} tabIndex={-1} className="min-w-0 outline-none [overflow-wrap:anywhere]">{title}</h1>
        <p className="text-ink-3 max-s:hidden">Nothing is written before you have reviewed it</p>
      </div>
      {can.reason ? <Note role="warn" className="mb-6 max-w-[1180px]">{can.reason}</Note> : null}
      {data.held === null ? null : <Note role="warn" className="mb-6 max-w-[1180px]">{data.held} What replaces or adds no machine can be changed.</Note>}
      {data.unknown.length > 0 ? <Note className="mb-6 max-w-[1180px]"><p className="[overflow-wrap:anywhere]">This form has no place for {listed(data.unknown, 4)}. A change keeps {data.unknown.length === 1 ? 'it' : 'them'} as {data.unknown.length === 1 ? 'it is' : 'they are'}.</p></Note> : null}
      <div className="grid max-w-[1180px] grid-cols-[minmax(0,1fr)_340px] items-start gap-8 max-l:grid-cols-[minmax(0,1fr)]">
        <form onSubmit={submit} noValidate aria-label={title} className="min-w-0">
          {refused.length > 0 ? <PoolErrorSummary ref={summary} paths={refused} /> : null}
          <SizeSection form={form} isNew={isNew} copyOf={data.copyOf} />
          <MachineSection form={form} data={data} />
          {data.zones.length > 0 || data.spec.zones.length > 0 ? <ZonesSection form={form} zones={data.zones} /> : null}
          <AdvancedSection form={form} nodeForm={nodeForm} data={data} />
          {failure ? (
            <div ref={failed} className="mb-4 space-y-2">
              <ErrorNote error={failure} />
              {failure.code === 'conflict' ? <Button size="sm" onClick={() => { fail(null); router.refresh() }}>Load again, keep what I changed</Button> : null}
            </div>
          ) : null}
          <div className="sticky bottom-0 z-10 flex items-center gap-3 border-t border-line bg-canvas py-3 max-s:[&>:is(a,button)]:flex-1">
            <Button type="submit" look="primary" busy={busy} reason={can.reason ?? (!isNew && changes.length === 0 ? 'Nothing differs from the pool as it is.' : replaces ? data.held : null)}>Review {isNew ? 'the new pool' : changes.length === 0 ? 'changes' : plural(changes.length, 'change')}</Button>
            <Link href={home} className={buttonLook()}>Cancel</Link>
          </div>
        </form>
        {isNew ? null : <ChangesAside rows={changes.map((change) => ({ ...change, effect: data.linked && change.path === 'machine.diskGiB' ? 'replaces machines; linked clones keep their snapshot’s disk' : change.rolls ? 'replaces machines' : 'in place' }))} foot={changes.some(({ rolls }) => rolls) ? 'Machines of this pool are replaced.' : 'No machine is replaced.'} />}
      </div>
    </>
  )
}
