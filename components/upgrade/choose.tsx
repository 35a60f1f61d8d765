'use client'
import { useEffect, useRef, useState } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import type { ErrorView, FieldErrors } from '@/lib/errors'
import { plainVersion, sameVersion } from '@/lib/kubernetes/version'
import { upgradeProblems } from '@/lib/upgrade/plan'
import { fullVersion, offeredUpgrades, poolsBehind, templatesOf, type OfferedVersion } from '@/lib/upgrade/versions'
import type { UpgradeReview, UpgradeView } from '@/lib/upgrade/view'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Note } from '@/components/ui/note'
import { Panel } from '@/components/ui/panel'
import { RadioCards } from '@/components/ui/radio-cards'
import { PoolsToUpgrade } from './pools-to-upgrade'
import { ReviewUpgrade } from './review'
import { useFooting } from './use-footing'

const OTHER = 'other'

interface Props {
  readonly cluster: ClusterView
  readonly last: UpgradeView | null
}

/** Which version, and which pools go along; then the review, on the same page. */
export function ChooseUpgrade({ cluster, last }: Props) {
  const { name: tenant, actions } = useTenant()
  const can = useCan('upgrade:cluster')
  const footing = useFooting(cluster)
  const offers = offeredUpgrades(footing)
  const [card, choose] = useState(offers[0]?.version ?? OTHER)
  const [typed, type] = useState('')
  const [left, leave] = useState<ReadonlySet<string>>(new Set())
  const [templates, setTemplates] = useState<Readonly<Record<string, string>>>({})
  const [refused, refuse] = useState<FieldErrors>({})
  const [failure, fail] = useState<ErrorView | null>(null)
  const [review, setReview] = useState<UpgradeReview | null>(null)
  const [busy, setBusy] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const reviewed = useRef(false)
  useEffect(() => {
    if (reviewed.current && review === null) heading.current?.focus({ preventScroll: true })
    reviewed.current = review !== null
  }, [review])

  const isOther = card === OTHER
  const version = isOther ? typed : card
  const target = fullVersion(version)
  const offered = target === null ? [] : templatesOf(footing.templates, target)
  // Without a VM template no machine can be made with it: pools stay.
  const able = target === null || offered.length === 0 ? [] : poolsBehind(footing, target)
  const pools = able.filter((name) => !left.has(name)).map((name) => ({ name, template: templates[name] ?? offered[0] ?? '' }))
  const current = cluster.version.current
  const changed = () => {
    refuse({})
    fail(null)
  }

  const input = { tenant, cluster: cluster.name, uid: cluster.uid, from: current ?? '', version, pools }
  const ask = async (write: boolean) => {
    changed()
    const problems = upgradeProblems({ version, pools }, footing)
    if (problems.length > 0) return refuse(Object.fromEntries(problems.map(({ path, message }) => [path.join('.'), message])))
    setBusy(true)
    if (!write) {
      const result = await actions.reviewUpgrade(input)
      setBusy(false)
      if (result.ok) return setReview(result.value)
      return told(result.error)
    }
    const result = await actions.startUpgrade(input)
    // Its steps come with the stream and take the place of this page.
    if (result.ok) return
    setBusy(false)
    setReview(null)
    told(result.error)
  }
  const told = (error: ErrorView) => {
    const fields = error.fields ?? {}
    refuse(fields)
    if (!Object.keys(fields).some((path) => path === 'version' || path.startsWith('pools.'))) fail(error)
  }

  if (review !== null) return <ReviewUpgrade cluster={cluster} review={review} busy={busy} reason={can.reason} onStart={() => void ask(true)} onBack={() => setReview(null)} />
  const cards = [
    ...offers.map((offer) => ({ value: offer.version, title: plainVersion(offer.version), text: offerWords(offer) })),
    { value: OTHER, title: 'Another version', text: 'Typed in full. Without a VM template only the control plane can go there.' },
  ]
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="outline-none [overflow-wrap:anywhere]">Upgrade {cluster.name}</h1>
      <p className="mb-4 mt-1 max-w-[72ch] text-ink-2">
        {current === null ? 'What the control plane runs is not known yet.' : <>The control plane runs <span className="mono">{plainVersion(current)}</span>. It goes first, then each pool: its machines are replaced, one pool after another. You can pause in between.</>}
      </p>
      <Last last={last} current={current} />
      <div className="max-w-[860px] space-y-4">
        <section aria-labelledby="version" className="space-y-3">
          <h2 id="version">Version</h2>
          {offers.length === 0 ? <Note>No newer version that it can go to has a VM template with its vSphere identity. A platform admin can add one.</Note> : null}
          <RadioCards labelledBy="version" value={card} cards={cards} onChange={(next) => {
            choose(next)
            changed()
          }} />
          {isOther ? (
            <Field label="Version" hint="For example 1.35.2. One minor version at a time, and none back." error={refused['version']} className="max-w-[280px]">
              <Input mono value={typed} onValueChange={(next) => {
                type(next)
                changed()
              }} />
            </Field>
          ) : refused['version'] ? <Note role="bad" alert>{refused['version']}</Note> : null}
        </section>
        {cluster.pools.length > 0 ? (
          <Panel title="Node pools" id="upgrade-pools" note={target === null || able.length === 0 ? null : `${pools.length} of ${cluster.pools.length} go along`}>
            <PoolsToUpgrade pools={cluster.pools} able={able} target={target} offered={offered} left={left} templates={templates} refused={refused} onLeave={(next) => {
              leave(next)
              changed()
            }} onTemplate={(name, template) => setTemplates({ ...templates, [name]: template })} />
          </Panel>
        ) : null}
        {failure ? <ErrorNote error={failure} /> : null}
        <Button look="primary" size="lg" busy={busy} reason={can.reason ?? (current === null ? 'What the control plane runs is not known yet.' : null)} onClick={() => void ask(false)}>Review the upgrade</Button>
      </div>
    </>
  )
}

const STEPS: Readonly<Record<OfferedVersion['step'], string>> = {
  minor: 'The next minor version.',
  patch: 'Fixes for the version that it runs.',
  nodes: 'The control plane is there; pools can follow.',
}
const offerWords = ({ step, templates }: OfferedVersion): string => `${STEPS[step]} VM template ${templates.join(', ')}.`

/** What came of the last one; what it did stays done. */
function Last({ last, current }: { last: UpgradeView | null; current: string | null }) {
  if (last?.state === 'done' && current !== null && sameVersion(last.to, current)) return <Note role="ok" className="mb-4 max-w-[860px]">The upgrade from {plainVersion(last.from)} to {plainVersion(last.to)} is done.</Note>
  if (last?.state !== 'ended') return null
  const done = last.steps.filter((step) => step.done).length
  return <Note className="mb-4 max-w-[860px]">The last upgrade, to {plainVersion(last.to)}, ended after {done} of {last.steps.length} steps. {last.reason}</Note>
}
