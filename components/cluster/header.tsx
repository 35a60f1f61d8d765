'use client'
import { Ellipsis } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState, type ReactNode } from 'react'
import { clusterHref } from '@/lib/cluster/href'
import type { ClusterView } from '@/lib/cluster/view'
import type { Rollout } from '@/lib/rollout/story'
import { useCan, useFreshness, useTenant } from '@/components/live/hooks'
import { headSentence, leftOf, toldState } from '@/components/rollout/told'
import { withLeft } from '@/components/rollout/words'
import { Raw } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { rawCondition } from '@/components/state/raw-condition'
import { useShown } from '@/components/state/state-word'
import { Button } from '@/components/ui/button'
import { Collapsible } from '@/components/ui/collapsible'
import { CopyButton } from '@/components/ui/copy-button'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { useNow } from '@/components/ui/now'
import { LookDialog } from '@/components/doctor/look-dialog'
import { DeleteDialog } from './delete-dialog'
import { ChangeLine } from './change-line'
import { KubeconfigButton } from './kubeconfig-button'

export function ClusterHeader({ cluster, rollout, told }: { cluster: ClusterView; rollout: Rollout | null; told: boolean }) {
  const [deleting, setDeleting] = useState(false)
  const [looking, setLooking] = useState(false)
  const can = useCan('delete:cluster')
  const { name: tenant } = useTenant()
  const router = useRouter()
  const go = (page: string) => router.push(`${clusterHref(tenant, cluster.name)}/${page}`)
  return (
    <div className="flex items-start gap-4 max-s:flex-col max-s:gap-3">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <h1 className="min-w-0 [overflow-wrap:anywhere]">{cluster.name}</h1>
          <CopyButton text={cluster.name} label="Copy the name" />
        </div>
        <StateLine cluster={cluster} rollout={rollout} told={told}><ChangeLine cluster={cluster.name} rollout={rollout} told={told} /></StateLine>
      </div>
      <div className="max-s:w-full">
        <div className="flex justify-end gap-2 max-s:[&>*:first-child]:flex-1">
          <KubeconfigButton cluster={cluster} />
          <Menu trigger={<Button square aria-label="More actions"><Ellipsis size={16} aria-hidden /></Button>}>
            <MenuItem onClick={() => go('upgrade')}>Upgrade</MenuItem>
            <MenuItem onClick={() => go('control-plane')}>Change the control plane</MenuItem>
            <MenuItem onClick={() => go('add-ons')}>Add-ons</MenuItem>
            <MenuItem onClick={() => go('objects')}>Objects and export</MenuItem>
            <MenuItem onClick={() => setLooking(true)}>Look into the nodes</MenuItem>
            <MenuSeparator />
            <MenuItem danger reason={can.reason} onClick={() => setDeleting(true)}>Delete cluster</MenuItem>
          </Menu>
        </div>
        {cluster.kubeconfig.ready ? null : <p className="mt-1 text-right text-12 text-ink-3 max-s:text-left">Kubeconfig waits for {cluster.kubeconfig.waitsFor}</p>}
      </div>
      {looking ? <LookDialog cluster={cluster} onClose={() => setLooking(false)} /> : null}
      {deleting ? <DeleteDialog cluster={cluster} onClose={() => setDeleting(false)} /> : null}
    </div>
  )
}

/** The sentence first; the condition it was made from is one click away. The line below is always there, so that nothing moves when a change ends. */
export function StateLine({ cluster, rollout, told, children }: { cluster: ClusterView; rollout: Rollout | null; told: boolean; children: ReactNode }) {
  const state = toldState(cluster.state, rollout)
  const fresh = useFreshness().state !== 'stale'
  const left = leftOf(rollout, useNow(1000))
  const { role, shape, word, percent, sentence: said } = useShown(state)
  const sentence = withLeft(told ? headSentence(said, cluster.state, rollout) : said, fresh ? left : null)
  const { condition } = state
  const line = (
    <>
      <Glyph role={role} shape={shape} percent={percent} className="mt-1" />
      <span className="min-w-0 text-16 font-medium tracking-[-0.006em]">{sentence ? <>{word}<span className="font-normal text-ink-2">: {sentence}</span></> : word}</span>
    </>
  )
  return (
    <div className="mt-2">
      {condition ? (
        <Collapsible summary={line} className="w-fit max-w-full gap-2 [&>span]:gap-2 [&>svg]:mt-[5px]">
          <div className="pl-6 pt-1"><Raw label="Condition">{rawCondition(condition)}</Raw></div>
        </Collapsible>
      ) : (
        <p className="flex items-start gap-2">{line}</p>
      )}
      <p className="mt-0.5 min-h-5 pl-6 text-ink-2 max-s:pl-0">{children}</p>
    </div>
  )
}
