'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent } from 'react'
import { useFormState } from 'react-hook-form'
import { toast } from 'sonner'
import { clustersHref } from '@/lib/cluster/href'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { LeftBehind } from '@/lib/doctor/left-behind'
import type { ErrorView, Progress } from '@/lib/errors'
import { plural } from '@/lib/text'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { Note } from '@/components/ui/note'
import { Button, buttonLook } from '@/components/ui/button'
import { ImportValues } from '@/components/import/import-values'
import { useNodeSecrets } from '@/components/node-config/use-node-secrets'
import { AddOnsSection } from './add-ons-section'
import { AddressSection } from './address-section'
import { DefaultsSection } from './defaults-section'
import { dropDraft, keepDraft } from './draft'
import { ErrorSummary, FieldLink } from './error-summary'
import { fieldOf, flatErrors, type SpecPath } from './fields'
import { Interrupted } from './interrupted'
import { MachinesSection } from './machines-section'
import { NameSection } from './name-section'
import { PlacementSection } from './placement-section'
import { Preview } from './preview'
import { useCreateForm } from './use-create-form'

export interface InterruptedCreate {
  readonly cluster: string
  readonly progress: Progress
  readonly error: ErrorView | null
}

export function CreatePage({ interrupted, leftBehind }: { interrupted: readonly InterruptedCreate[]; leftBehind: readonly LeftBehind[] }) {
  const router = useRouter()
  const { name: tenant, identities, session, actions, access } = useTenant()
  const can = useCan('create:cluster')
  const first = identities[0]
  const [defaults] = useState(() => defaultSpec(first?.offer ?? null, first?.name ?? ''))
  const form = useCreateForm(defaults, session.email, tenant)
  const { errors, isSubmitting, isDirty } = useFormState({ control: form.control })
  const wrong = flatErrors(errors)
  const secrets = useNodeSecrets()
  const summary = useRef<HTMLDivElement>(null)
  const [refused, refuse] = useState<readonly string[]>([])
  const [failure, fail] = useState<ErrorView | null>(null)
  const [stopped, stop] = useState<InterruptedCreate | null>(null)
  const home = clustersHref(tenant)

  const showSummary = (paths: readonly string[]) => {
    refuse(paths)
    // After the render that shows it.
    setTimeout(() => {
      summary.current?.focus()
      summary.current?.scrollIntoView({ block: 'center' })
    })
  }

  const create = async (spec: ClusterSpec) => {
    refuse([])
    fail(null)
    const result = await actions.createCluster({ tenant, spec, secrets: secrets.typed })
    if (result.ok) {
      dropDraft(session.email, tenant)
      toast(`Creating ${spec.name}`, { description: 'This page follows it; you may leave.' })
      return router.push(`${home}/${encodeURIComponent(spec.name)}?made`)
    }
    const { error } = result
    // A full load on purpose: nothing of the ended session may stay in memory.
    // eslint-disable-next-line @next/next/no-location-assign-relative-destination
    if (error.code === 'signed-out') return location.assign(`/sign-in?ended=1&back=${encodeURIComponent(location.pathname)}`)
    if (error.progress) return stop({ cluster: spec.name, progress: error.progress, error })
    const fields = Object.entries(error.fields ?? {})
    // The server's words stand at the field as they are: it has seen what the form could not.
    for (const [path, message] of fields) form.setError(path as SpecPath, { type: 'server', message })
    if (fields.length > 0) showSummary(fields.map(([path]) => fieldOf(path)))
    else fail(error)
  }
  // Made at the press: handleSubmit reads refs, and may not be called while rendering.
  const submit = (event: FormEvent) => void form.handleSubmit(create, (found) => showSummary(flatErrors(found).map(({ path }) => path)))(event)

  return (
    <>
      <div className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3">
        <h1>Create cluster</h1>
        <p className="text-ink-3 max-s:hidden">Nothing is made until you choose Create</p>
        {isDirty ? <Button look="ghost" size="sm" className="ml-auto" onClick={() => { dropDraft(session.email, tenant); form.reset(defaults); secrets.clear(); refuse([]); fail(null) }}>Start over</Button> : null}
      </div>
      {can.reason && !access.includes('create:cluster') ? <Note role="warn" className="mb-6 max-w-[1180px]">{can.reason} You can look at the form and at what it would make.</Note> : null}
      {stopped ? <Interrupted key={stopped.progress.operationId} {...stopped} onGone={() => stop(null)} /> : interrupted.map((each) => <Interrupted key={each.progress.operationId} {...each} onGone={() => router.refresh()} />)}
      <div className="grid max-w-[1180px] grid-cols-[minmax(0,1fr)_400px] items-start gap-8 max-l:grid-cols-[minmax(0,1fr)]">
        <form onSubmit={submit} noValidate aria-label="Create cluster" className="min-w-0">
          {refused.length > 0 ? <ErrorSummary ref={summary} paths={wrong.length > 0 ? wrong.map(({ path }) => path) : refused} /> : null}
          <ImportValues identities={identities} current={() => form.getValues()} onImport={(spec) => { form.reset(spec, { keepDefaultValues: true }); keepDraft(session.email, tenant, spec); void form.trigger() }} />
          <NameSection form={form} leftBehind={leftBehind} />
          <PlacementSection form={form} />
          <MachinesSection form={form} />
          <AddressSection form={form} />
          <AddOnsSection form={form} />
          <DefaultsSection form={form} secrets={secrets} />
          {failure ? <ErrorNote error={failure} className="mb-4" /> : null}
          <div className="sticky bottom-0 z-10 flex items-center gap-3 border-t border-line bg-canvas py-3 max-s:[&>:is(a,button)]:flex-1">
            <Button type="submit" look="primary" busy={isSubmitting} reason={can.reason ?? (stopped ? 'A create that stopped half-way is to be continued or removed first.' : null)}>Create cluster</Button>
            <Link href={home} onClick={() => dropDraft(session.email, tenant)} className={buttonLook()}>Cancel</Link>
            {wrong[0] ? (
              <p className="flex min-w-0 items-center gap-1.5 text-12 text-bad max-s:hidden">
                <Glyph role="bad" shape="octagon" size={14} />
                <span className="truncate">{plural(wrong.length, 'field')} to correct: <FieldLink path={wrong[0].path} /></span>
              </p>
            ) : null}
          </div>
        </form>
        <Preview form={form} />
      </div>
    </>
  )
}
