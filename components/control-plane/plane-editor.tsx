'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useWatch, type Control } from 'react-hook-form'
import { toast } from 'sonner'
import { clusterHref } from '@/lib/cluster/href'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { planeDifferences } from '@/lib/control-plane/fields'
import type { PlanePageData, PlaneReview } from '@/lib/control-plane/review'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { listed, plural } from '@/lib/text'
import { AdvancedFields } from '@/components/create/advanced-section'
import { ErrorSummary } from '@/components/create/error-summary'
import { fieldOf, flatErrors } from '@/components/create/fields'
import { FormSection } from '@/components/create/form-section'
import { CountField } from '@/components/create/spec-field'
import { useCan, useTenant } from '@/components/live/hooks'
import { ChangesAside } from '@/components/node-pool/changes-aside'
import { ErrorNote } from '@/components/state/error-note'
import { useReviewed } from '@/components/state/use-reviewed'
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
  const { review, setReview, refused, setRefused, failure, fail, busy, ask, summary, failed, top } = useReviewed<PlaneReview>((fields) =>
    Object.entries(fields).map(([path, message]) => {
      const field = fieldOf(path)
      form.setError(field as 'controlPlane.replicas', { type: 'server', message })
      return field
    }))
  const spec = useWatch({ control: form.control }) as PlaneSpec
  const changes = planeDifferences(data.spec, spec)
  const home = clusterHref(tenant, data.cluster)
  const title = `Control plane of ${data.cluster}`
  // Its fields are a part of create's, under the same names.
  const control = form.control as unknown as Control<ClusterSpec>

  const input = (wanted: PlaneSpec) => ({ tenant, cluster: data.cluster, uid: data.uid, seen: data.spec, spec: wanted })
  const write = () => ask(() => actions.changeControlPlane(input(form.getValues())), () => {
    toast(`Changing the control plane of ${data.cluster}`, { description: 'The cluster’s page follows it; you may leave.' })
    router.push(home)
  })
  const submit = form.handleSubmit((wanted) => {
    if (!busy && !can.reason) void ask(() => actions.reviewControlPlane(input(wanted)), setReview)
  }, (errors) => setRefused(flatErrors(errors).map(({ path }) => path)))

  if (review) return <PlaneReviewPage title={title} review={review} busy={busy} reason={can.reason} onApply={() => void write()} onBack={() => setReview(null)} />
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
