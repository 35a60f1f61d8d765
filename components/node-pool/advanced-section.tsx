'use client'
import { CalendarClock, HeartPulse, MapPin, RefreshCw, SlidersHorizontal, Tag, TriangleAlert, X } from 'lucide-react'
import { poolHints } from '@/lib/node-pool/rules'
import type { PoolPageData } from '@/lib/node-pool/review'
import { TAINT_EFFECTS, type PoolSpec } from '@/lib/node-pool/spec'
import { plural } from '@/lib/text'
import { DefaultRow } from '@/components/create/default-row'
import { FormSection, three, two } from '@/components/create/form-section'
import { NodeFields } from '@/components/node-config/node-fields'
import { nodeSummary, type NodeForm } from '@/components/node-config/node-form'
import { Button } from '@/components/ui/button'
import { ErrorText } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Segmented } from '@/components/ui/segmented'
import { Select } from '@/components/ui/select'
import { Switch } from '@/components/ui/switch'
import { specOf } from './draft'
import { NetworkSection } from './network-section'
import { Count, poolFieldId, Share, Text } from './pool-field'
import { AddRow } from './pool-sections'
import type { PoolForm } from './use-pool-form'

const PLACES = ['datastore', 'folder', 'resourcePool', 'storagePolicy'] as const

export function AdvancedSection({ form, nodeForm, data }: { form: PoolForm; nodeForm: NodeForm; data: PoolPageData }) {
  const { draft } = form
  const { labels, taints, strategy, timeouts, repair, machine } = draft
  const wrong = (prefix: string) => [...form.wrong.keys()].some((path) => path.startsWith(prefix) && form.error(path) !== undefined)
  const hints = poolHints(specOf(draft))
  const hint = (path: string) => hints.find((each) => each.path.join('.') === path)?.message
  return (
    <FormSection title="Advanced" id="s-advanced">
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <DefaultRow icon={Tag} title="Labels" value={labels.length === 0 ? 'None' : plural(labels.length, 'label')} forceOpen={wrong('labels')}>
          <Labels form={form} hint={hint('labels')} />
        </DefaultRow>
        <DefaultRow icon={TriangleAlert} title="Taints" value={taints.length === 0 ? 'None' : plural(taints.length, 'taint')} forceOpen={wrong('taints')}>
          <Taints form={form} />
        </DefaultRow>
        <DefaultRow icon={SlidersHorizontal} title="Node settings" value={nodeSummary(draft.node)} forceOpen={wrong('node.')}>
          <NodeFields form={nodeForm} />
          <p className="mt-4 text-12 text-ink-3">A machine is set up when it is made: a change replaces all machines of the pool.</p>
        </DefaultRow>
        <DefaultRow icon={RefreshCw} title="Replacement" value={strategy.kind === 'on-delete' ? 'Only of machines that are deleted' : `${strategy.surge} ahead, ${strategy.unavailable} missing at most`} forceOpen={wrong('strategy')}>
          <Strategy form={form} hint={hint('strategy')} />
        </DefaultRow>
        <DefaultRow icon={CalendarClock} title="Leaving" value={`Drain ${timeouts.drainSeconds} s, volumes ${timeouts.volumeDetachSeconds} s at most`} forceOpen={wrong('timeouts')}>
          <div className={three}>
            <Count form={form} path="timeouts.drainSeconds" min={1} step={60} unit="s" />
            <Count form={form} path="timeouts.volumeDetachSeconds" min={1} step={60} unit="s" />
            <Count form={form} path="timeouts.deletionSeconds" min={1} step={10} unit="s" />
          </div>
          <p className="mt-2 text-12 text-ink-3">After it a machine leaves all the same. No limit would let one Pod hold a change for ever.</p>
        </DefaultRow>
        <DefaultRow icon={HeartPulse} title="Repair" value={repair.on ? `After ${repair.unhealthySeconds} s without a ready Node` : 'Off'} forceOpen={wrong('repair')}>
          <Repair form={form} hint={hint('repair.maxUnhealthy')} />
        </DefaultRow>
        <NetworkSection form={form} data={data} />
        <DefaultRow icon={MapPin} title="Placement" value={machine.datastore ?? 'As vCenter decides'} forceOpen={PLACES.some((field) => wrong(`machine.${field}`))}>
          <div className={two}>
            <Text form={form} path="machine.datastore" mono orNull placeholder="As vCenter decides" />
            <Text form={form} path="machine.folder" mono orNull placeholder="As vCenter decides" />
            <Text form={form} path="machine.resourcePool" mono orNull placeholder="As vCenter decides" />
            <Text form={form} path="machine.storagePolicy" mono orNull placeholder="As vCenter decides" />
          </div>
          <p className="mt-2 text-12 text-ink-3">Paths in vCenter’s inventory. Another place replaces all machines of the pool.</p>
        </DefaultRow>
      </div>
    </FormSection>
  )
}

function Labels({ form, hint }: { form: PoolForm; hint: string | undefined }) {
  const { labels } = form.draft
  const put = (next: typeof labels) => form.set('labels', next)
  const error = form.error('labels')
  return (
    <div id={poolFieldId('labels')} className="space-y-2">
      {labels.map(({ key, value }, index) => (
        <div key={index} className="flex gap-2">
          <Input mono aria-label={`Name of label ${index + 1}`} aria-invalid={error ? true : undefined} placeholder="node-role.kubernetes.io/worker" value={key} onChange={({ currentTarget }) => put(labels.with(index, { key: currentTarget.value, value }))} onBlur={() => form.touch('labels')} autoCapitalize="off" />
          <Input mono aria-label={`Value of label ${index + 1}`} className="max-w-[40%]" value={value} onChange={({ currentTarget }) => put(labels.with(index, { key, value: currentTarget.value }))} onBlur={() => form.touch('labels')} autoCapitalize="off" />
          <Remove label={`Remove label ${index + 1}`} onClick={() => put(labels.filter((_, at) => at !== index))} />
        </div>
      ))}
      {error ? <p role="alert" className="text-12 text-bad"><ErrorText>{error}</ErrorText></p> : null}
      <AddRow onClick={() => put([...labels, { key: '', value: '' }])}>Add label</AddRow>
      <p className="text-12 text-ink-3">{hint ?? 'Set on running machines; none is replaced.'}</p>
    </div>
  )
}

function Taints({ form }: { form: PoolForm }) {
  const { taints } = form.draft
  const put = (next: PoolSpec['taints']) => form.set('taints', next)
  const error = form.error('taints')
  return (
    <div id={poolFieldId('taints')} className="space-y-2">
      {taints.map((taint, index) => (
        <div key={index} className="flex flex-wrap gap-2">
          <Input mono className="w-auto flex-1 basis-40" aria-label={`Name of taint ${index + 1}`} aria-invalid={error ? true : undefined} placeholder="example.com/gpu" value={taint.key} onChange={({ currentTarget }) => put(taints.with(index, { ...taint, key: currentTarget.value }))} onBlur={() => form.touch('taints')} autoCapitalize="off" />
          <Input mono className="w-auto flex-1 basis-24" aria-label={`Value of taint ${index + 1}`} value={taint.value} onChange={({ currentTarget }) => put(taints.with(index, { ...taint, value: currentTarget.value }))} onBlur={() => form.touch('taints')} autoCapitalize="off" />
          <Select className="w-auto min-w-36" label={`Effect of taint ${index + 1}`} value={taint.effect} onChange={(effect) => put(taints.with(index, { ...taint, effect: effect as typeof taint.effect }))} choices={TAINT_EFFECTS.map((value) => ({ value, label: value }))} />
          <Remove label={`Remove taint ${index + 1}`} onClick={() => put(taints.filter((_, at) => at !== index))} />
        </div>
      ))}
      {error ? <p role="alert" className="text-12 text-bad"><ErrorText>{error}</ErrorText></p> : null}
      <AddRow onClick={() => put([...taints, { key: '', value: '', effect: 'NoSchedule' }])}>Add taint</AddRow>
      <p className="text-12 text-ink-3">A Node is tainted when it joins: a change replaces all machines of the pool.</p>
    </div>
  )
}

function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return <Button look="ghost" square aria-label={label} onClick={onClick}><X size={14} aria-hidden /></Button>
}

function Strategy({ form, hint }: { form: PoolForm; hint: string | undefined }) {
  const { strategy } = form.draft
  const choose = (kind: PoolSpec['strategy']['kind']) => kind !== strategy.kind && form.set('strategy', kind === 'rolling' ? { kind, surge: 1, unavailable: 0 } : { kind })
  return (
    <div className="space-y-4">
      <Segmented label="How machines are replaced" value={strategy.kind} onChange={choose} choices={[{ value: 'rolling', label: 'One after another' }, { value: 'on-delete', label: 'When deleted' }]} />
      {strategy.kind === 'rolling' ? (
        <div className={two}>
          <Share form={form} path="strategy.surge" hint="Machines made before old ones leave; each needs an address. A number, or a percentage." />
          <Share form={form} path="strategy.unavailable" hint="Machines that may be missing during a change." />
        </div>
      ) : <p className="text-12 text-ink-3">{hint}</p>}
    </div>
  )
}

function Repair({ form, hint }: { form: PoolForm; hint: string | undefined }) {
  const { repair } = form.draft
  return (
    <div className="space-y-4">
      <div className="flex items-center gap-3">
        <Switch checked={repair.on} onChange={(on) => form.set('repair.on', on)} labelledBy="l-repair" />
        <span id="l-repair">Replace machines whose Node is not ready</span>
      </div>
      {repair.on ? (
        <div className={three}>
          <Count form={form} path="repair.unhealthySeconds" min={30} step={30} unit="s" />
          <Count form={form} path="repair.nodeStartupSeconds" min={120} step={60} unit="s" />
          <Share form={form} path="repair.maxUnhealthy" hint={hint ?? 'With more of them unhealthy none is replaced: then the fault is not theirs.'} />
        </div>
      ) : null}
    </div>
  )
}
