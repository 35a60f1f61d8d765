'use client'
import { ShieldCheck } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useFormState, useWatch } from 'react-hook-form'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { renderAddOn } from '@/lib/addons/render'
import { clusterAddOns } from '@/lib/cluster/add-ons'
import { addressesNeeded, madeAhead } from '@/lib/cluster/made-ahead'
import { findIdentity } from '@/lib/identity/select'
import type { IdentityOption } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { plainVersion } from '@/lib/kubernetes/version'
import { memory } from '@/lib/node-pool/memory'
import { apiPortOf } from '@/lib/manifests/cluster-objects'
import { describeObjects } from '@/lib/manifests/describe'
import { renderCluster } from '@/lib/manifests/render'
import { toYaml } from '@/lib/manifests/yaml'
import { plural } from '@/lib/text'
import { useTenant } from '@/components/live/hooks'
import { CopyButton } from '@/components/ui/copy-button'
import { Note } from '@/components/ui/note'
import { Tabs } from '@/components/ui/tabs'
import { flatErrors } from './fields'
import type { CreateForm } from './use-create-form'

/** Follows typing; half-typed values may have no objects yet. */
function render(spec: ClusterSpec, tenant: string, identities: readonly IdentityOption[]): readonly KubeObject[] | null {
  const offer = findIdentity(identities, spec.identity)?.offer
  if (!offer) return null
  try {
    const name = spec.name || 'unnamed'
    const context = { tenant, cluster: name, kubernetes: spec.version, offer, datacenter: spec.placement.datacenter, clusterId: 'given-at-create', signIn: null, apiPort: apiPortOf(spec), serviceMonitors: true, scrapeSecret: null }
    const addOns = clusterAddOns({ ...spec, name }).flatMap((settings) => renderAddOn(settings, context))
    return [...renderCluster({ ...spec, name }, { tenant, offer, operationId: 'given-at-create' }), ...addOns]
  } catch {
    return null
  }
}

export function Preview({ form }: { form: CreateForm }) {
  const { name: tenant, displayName, identities } = useTenant()
  const [tab, setTab] = useState('what')
  const spec = useDeferredValue(useWatch({ control: form.control })) as ClusterSpec
  const wrong = flatErrors(useFormState({ control: form.control }).errors).length
  const objects = render(spec, tenant, identities)
  return (
    <aside aria-label="Preview" className="sticky top-[72px] rounded-3 border border-line bg-surface max-l:static">
      <Tabs
        label="Preview"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'what', label: 'What will be made', panel: <What spec={spec} objects={objects} place={displayName} /> },
          { value: 'yaml', label: <>YAML <span className="font-normal text-ink-3">{objects?.length ?? 0}</span></>, panel: <Yaml objects={objects} wrong={wrong} /> },
        ]}
      />
    </aside>
  )
}

function What({ spec, objects, place }: { spec: ClusterSpec; objects: readonly KubeObject[] | null; place: string }) {
  const { pool } = spec
  const machines = whole(pool.replicas)
  const totals = [
    ['CPU', `${machines * whole(pool.cpus)}`],
    ['Memory', memory(machines * whole(pool.memoryMiB))],
    ['Disk', `${machines * whole(pool.diskGiB)} GiB`],
    ...(spec.addresses.kind !== 'dhcp' ? [['Addresses', `${whole(addressesNeeded(spec))}, ${madeAhead(spec) === 1 ? 'one' : madeAhead(spec)} of them for changes`]] : []),
  ] as const
  return (
    <div className="p-4">
      <p className="text-16 font-medium tracking-[-0.006em]">{spec.version ? `A ${plainVersion(spec.version)} cluster` : 'A cluster'} with {plural(machines, 'machine')}</p>
      <p className="mt-0.5 text-ink-3">{plural(whole(spec.controlPlane.replicas), 'control-plane replica')}, hosted. Usable in a few minutes.</p>
      <h3 className="mb-1 mt-4">What it takes in vSphere</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
        {totals.map(([what, amount]) => <div key={what} className="col-span-2 grid grid-cols-subgrid"><dt className="text-ink-2">{what}</dt><dd className="text-right">{amount}</dd></div>)}
      </dl>
      <h3 className="mb-1 mt-4">{objects ? `${plural(objects.length, 'object')} in ${place}` : 'Objects'}</h3>
      {objects ? (
        <ul>
          {describeObjects(objects).map((row) => (
            <li key={`${row.kind}/${row.name}`} className="flex items-baseline gap-2 py-1">
              <span className="min-w-0 flex-1">{row.what}</span>
              <span className="font-mono text-11 text-ink-3">{row.kind}</span>
            </li>
          ))}
        </ul>
      ) : <p className="text-ink-2">They are listed once a vSphere identity is chosen.</p>}
      <Note className="mt-3" icon={<ShieldCheck size={16} aria-hidden />}>No password is in these objects. The vSphere identity holds it, and you can’t read it there. Add-ons get a copy in Secrets that you can’t read either.</Note>
    </div>
  )
}

function Yaml({ objects, wrong }: { objects: readonly KubeObject[] | null; wrong: number }) {
  const text = objects ? toYaml(objects) : ''
  return (
    <div className="px-4 pb-4 pt-3">
      <div className="mb-2 flex items-center gap-2">
        <span className="flex-1 text-ink-2">{wrong > 0 ? `From what you typed; ${plural(wrong, 'field')} to correct` : 'From what you typed'}</span>
        <CopyButton text={text} label="Copy the YAML" look="plain">Copy</CopyButton>
      </div>
      <pre tabIndex={0} role="region" aria-label="YAML of the cluster" className="max-h-[min(560px,calc(100dvh-220px))] overflow-auto rounded-2 bg-sunken px-3 py-2.5 font-mono text-12 leading-[18px] text-ink-2">
        {text.split('\n').map((line, index) => <Line key={index} text={line} />)}
      </pre>
    </div>
  )
}

/** Keys at the left margin stand out: they part one object from the next. */
function Line({ text }: { text: string }) {
  const key = /^(\w+:)(.*)$/.exec(text)
  return <>{key ? <><span className="text-ink">{key[1]}</span>{key[2]}</> : text}{'\n'}</>
}

const whole = (value: number): number => (Number.isFinite(value) ? value : 0)
