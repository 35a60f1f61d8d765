'use client'
import { RefreshCw } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import type { AddOnName } from '@/lib/addons/spec'
import type { AddOnsPageData } from '@/lib/addons/view'
import { clusterHref } from '@/lib/cluster/href'
import type { Result } from '@/lib/errors'
import { plainVersion } from '@/lib/kubernetes/version'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button, buttonLook } from '@/components/ui/button'
import { Note } from '@/components/ui/note'
import { AddOnPanel } from './add-on-panel'
import { RemoveAddOnDialog } from './remove-dialog'
import { SettingsDialog } from './settings-dialog'

/** What runs beside a cluster's control plane; read when the page is opened, after an act, and by Refresh. */
export function AddOnsPage({ cluster, read }: { cluster: string; read: Result<AddOnsPageData> }) {
  const { name: tenant } = useTenant()
  const can = useCan('change:add-ons')
  const router = useRouter()
  const [reading, startReading] = useTransition()
  const [open, setOpen] = useState<{ readonly addOn: AddOnName; readonly dialog: 'settings' | 'remove' } | null>(null)
  const refresh = () => startReading(() => router.refresh())
  const close = (changed: boolean) => {
    setOpen(null)
    if (changed) refresh()
  }
  const view = read.ok ? read.value.addOns.find(({ name }) => name === open?.addOn) : undefined
  return (
    <div className="max-w-[820px]">
      <div className="mb-1 flex min-h-8 max-s:mb-3 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 flex-1 max-s:basis-full [overflow-wrap:anywhere]">Add-ons of {cluster}</h1>
        <div className="flex gap-2">
          <Button busy={reading} onClick={refresh}><RefreshCw size={16} aria-hidden />Refresh</Button>
          <Link href={clusterHref(tenant, cluster)} className={buttonLook()}>See the cluster</Link>
        </div>
      </div>
      {read.ok ? (
        <>
          <p className="mb-4 text-ink-2">They run beside the control plane, in the management cluster, and follow Kubernetes {plainVersion(read.value.kubernetes)}.</p>
          {can.reason ? <Note role="warn" className="mb-4">{can.reason}</Note> : null}
          <div className="space-y-4">
            {read.value.addOns.map((addOn) => (
              <AddOnPanel key={addOn.name} cluster={cluster} kubernetes={read.value.kubernetes} addOn={addOn} onOpen={(dialog) => setOpen({ addOn: addOn.name, dialog })} onDone={refresh} />
            ))}
          </div>
          {open?.dialog === 'settings' && view ? <SettingsDialog cluster={cluster} kubernetes={read.value.kubernetes} addOn={view} onClose={close} /> : null}
          {open?.dialog === 'remove' && view ? <RemoveAddOnDialog cluster={cluster} addOn={view} onClose={close} /> : null}
        </>
      ) : <ErrorNote error={read.error} className="mt-3" />}
    </div>
  )
}
