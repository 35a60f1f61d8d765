'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { useWatch, type Control } from 'react-hook-form'
import { toast } from 'sonner'
import { clusterHref } from '@/lib/cluster/href'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { planeDifferences } from '@/lib/control-plane/fields'
import type { PlanePageData, PlaneReview } from '@/lib/control-plane/review'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import type { ErrorView } from '@/lib/errors'
import { listed, plural } from '@/lib/text'
import { AdvancedFields } from '@/components/create/advanced-section'
import { ErrorSummary } from '@/components/create/error-summary'
import { fieldOf, flatErrors } from '@/components/create/fields'
import { FormSection } from '@/components/create/form-section'
import { CountField } from '@/components/create/spec-field'
import { useCan, useTenant } from '@/components/live/hooks'
import { ChangesAside } from '@/components/node-pool/changes-aside'
import { ErrorNote } from '@/components/state/error-note'
import { Button, buttonLook } from '@/components/ui/button'
import { Note } from '@/components/ui/note'
import { FixedFacts } from './fixed-facts'
import { PlaneReviewPage } from './plane-review'
import { usePlaneForm } from './use-plane-form'
import { EFFECTS } from './words'

/** Form, then review, on one page: what was typed is still there on the way back. */
export function PlaneEditor({ data }: { data: PlanePageData }) {
  const router = useRouter()
  const { name: tenant, actions } = useTenant()
  const can = useCan('change:control-plane')
  const form = usePlaneForm(data)
  const [review, setReview] = useState<PlaneReview | null>(null)
  const [refused, setRefused] = useState<readonly string[]>([])
  const [failure, fail] = useState<ErrorView | null>(null)
  const [busy, setBusy] = useState(false)
  const summary = useRef<HTMLDivElement>(null)
  const failed = useRef<HTMLDivElement>(null)
  const top = useRef<HTMLHeadingElement>(null)
  const spec = useWatch({ control: form.control }) as PlaneSpec
  const changes = planeDifferences(data.spec, spec)
  const home = clusterHref(tenant, data.cluster)
  const title = `Control plane of ${data.cluster}`
  // Its fields are a part of create's, under the same names.
  const control = form.control as unknown as Control<ClusterSpec>

  // The focus follows what has come: the summary, the failure, or the form again after the review.
  useEffect(() => {
    summary.current?.focus()
    summary.current?.scrollIntoView({ block: 'center' })
  }, [refused])
  useEffect(() => failed.current?.scrollIntoView({ block: 'center' }), [failure])
  const reviewed = useRef(false)
  useEffect(() => {
    if (reviewed.current && review === null) top.current?.focus({ preventScroll: true })
    reviewed.current = review !== null
  }, [review])

  const told = (error: ErrorView) => {
    // A full load on purpose: nothing of the ended session may stay in memory.
    // eslint-disable-next-line @next/next/no-location-assign-relative-destination
    if (error.code === 'signed-out') return location.assign(`/sign-in?ended=1&back=${encodeURIComponent(location.pathname)}`)
    setReview(null)
    const fields = Object.entries(error.fields ?? {})
    if (fields.length === 0) return fail(error)
    for (const [path, message] of fields) form.setError(fieldOf(path) as 'controlPlane.replicas', { type: 'server', message })
    setRefused([...new Set(fields.map(([path]) => fieldOf(path)))])
  }
  const ask = async (wanted: PlaneSpec, write: boolean) => {
    setBusy(true)
    fail(null)
    setRefused([])
    const input = { tenant, cluster: data.cluster, uid: data.uid, seen: data.spec, spec: wanted }
    if (!write) {
      const result = await actions.reviewControlPlane(input)
      setBusy(false)
      return result.ok ? setReview(result.value) : told(result.error)
    }
    const result = await actions.changeControlPlane(input)
    setBusy(false)
    if (!result.ok) return told(result.error)
    toast(`Changing the control plane of ${data.cluster}`, { description: 'The cluster’s page follows it; you may leave.' })
    router.push(home)
  }
  const submit = form.handleSubmit((wanted) => {
    if (!busy && !can.reason) void ask(wanted, false)
  }, (errors) => setRefused(flatErrors(errors).map(({ path }) => path)))

  if (review) return <PlaneReviewPage title={title} review={review} busy={busy} reason={can.reason} onApply={() => void ask(form.getValues(), true)} onBack={() => setReview(null)} />
  return (
    <>
      <div className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3">
        <h1 ref={top} tabIndex={-1} className="min-w-0 outline-none [overflow-wrap:anywhere]">{title}</h1>
        <p className="text-ink-3 max-s:hidden">Nothing is written before you have reviewed it</p>
      </div>
      {can.reason ? <Note role="warn" className="mb-6 max-w-[1180px]">{can.reason}</Note> : null}
      {data.held.length > 0 ? <Note className="mb-6 max-w-[1180px]"><p className="[overflow-wrap:anywhere]">Other tools hold {listed(data.held.map(({ words, owners }) => `${words} (${owners.join(', ')})`), 5)}. Nothing is forced: change that with them.</p></Note> : null}
      {data.unknown.length > 0 ? <Note className="mb-6 max-w-[1180px]"><p className="[overflow-wrap:anywhere]">This form has no place for {listed(data.unknown, 4)}. A change keeps {data.unknown.length === 1 ? 'it as it is' : 'them as they are'}.</p></Note> : null}
      <div className="grid max-w-[1180px] grid-cols-[minmax(0,1fr)_340px] items-start gap-8 max-l:grid-cols-[minmax(0,1fr)]">
        <form onSubmit={(event) => void submit(event)} noValidate aria-label={title} className="min-w-0">
          {refused.length > 0 ? <ErrorSummary ref={summary} paths={refused} lead="Not changed" /> : null}
          <FormSection title="Size" id="s-size">
            <CountField control={control} path="controlPlane.replicas" label="Replicas" min={1} max={5} hint="They run as Pods in the management cluster, not as machines of yours." />
          </FormSection>
          <FormSection title="Settings" id="s-settings"><AdvancedFields form={{ control }} changing /></FormSection>
          <div className="border-t border-line py-6"><FixedFacts facts={data.fixed} /></div>
          {failure ? (
            <div ref={failed} className="mb-4 space-y-2">
              <ErrorNote error={failure} />
              {failure.code === 'conflict' ? <Button size="sm" onClick={() => { fail(null); router.refresh() }}>Load again, keep what I changed</Button> : null}
            </div>
          ) : null}
          <div className="sticky bottom-0 z-10 flex items-center gap-3 border-t border-line bg-canvas py-3 max-s:[&>:is(a,button)]:flex-1">
            <Button type="submit" look="primary" busy={busy} reason={can.reason ?? (changes.length === 0 ? 'Nothing differs from the control plane as it is.' : null)}>Review {changes.length === 0 ? 'changes' : plural(changes.length, 'change')}</Button>
            <Link href={home} className={buttonLook()}>Cancel</Link>
          </div>
        </form>
        <ChangesAside rows={changes.map((change) => ({ ...change, effect: EFFECTS[change.effect].toLowerCase().replace('pods', 'Pods') }))} foot={changes.some(({ effect }) => effect === 'pods') ? 'Pods of the control plane are replaced; machines are not.' : 'No Pod of the control plane and no machine is replaced.'} />
      </div>
    </>
  )
}
