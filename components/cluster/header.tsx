'use client'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import { useCan } from '@/components/live/hooks'
import { Raw } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { rawCondition } from '@/components/state/raw-condition'
import { useShown } from '@/components/state/state-word'
import { Button } from '@/components/ui/button'
import { Collapsible } from '@/components/ui/collapsible'
import { CopyButton } from '@/components/ui/copy-button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { Bar } from '@/components/ui/progress'
import { DeleteDialog } from './delete-dialog'
import { KubeconfigButton } from './kubeconfig-button'

export function ClusterHeader({ cluster }: { cluster: ClusterView }) {
  const [deleting, setDeleting] = useState(false)
  const can = useCan('delete:cluster')
  return (
    <div className="flex items-start gap-4 max-s:flex-col max-s:gap-3">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <h1 className="min-w-0 [overflow-wrap:anywhere]">{cluster.name}</h1>
          <CopyButton text={cluster.name} label="Copy the name" />
        </div>
        <StateLine cluster={cluster} />
      </div>
      <div className="max-s:w-full">
        <div className="flex justify-end gap-2 max-s:[&>*:first-child]:flex-1">
          <KubeconfigButton cluster={cluster} />
          <Menu trigger={<Button square aria-label="More actions"><Ellipsis size={16} aria-hidden /></Button>}>
            <MenuItem danger reason={can.reason} onClick={() => setDeleting(true)}>Delete cluster</MenuItem>
          </Menu>
        </div>
        {cluster.kubeconfig.ready ? null : <p className="mt-1 text-right text-12 text-ink-3 max-s:text-left">Kubeconfig waits for {cluster.kubeconfig.waitsFor}</p>}
      </div>
      {deleting ? <DeleteDialog cluster={cluster} onClose={() => setDeleting(false)} /> : null}
    </div>
  )
}

/** The sentence first; the condition it was made from is one click away. */
export function StateLine({ cluster }: { cluster: ClusterView }) {
  const { role, shape, word, percent, sentence } = useShown(cluster.state)
  const { condition } = cluster.state
  const line = (
    <>
      <Glyph role={role} shape={shape} percent={percent} className="mt-1" />
      <span className="min-w-0 text-16 font-medium tracking-[-0.006em]">{sentence ? <>{word}<span className="font-normal text-ink-2">: {sentence}</span></> : word}</span>
    </>
  )
  return (
    <div className="mt-2 max-w-[100ch]">
      {condition ? (
        <Collapsible summary={line} className="w-fit max-w-full gap-2 [&>span]:gap-2 [&>svg]:mt-[5px]">
          <div className="pl-6 pt-1"><Raw label="Condition">{rawCondition(condition)}</Raw></div>
        </Collapsible>
      ) : (
        <p className="flex items-start gap-2">{line}</p>
      )}
      {percent !== null && role !== 'ok' ? (
        <div className="mt-2 flex max-w-md items-center gap-3 pl-6 text-12 text-ink-2">
          <Bar wide value={percent} tone={role === 'warn' ? 'warn' : role === 'bad' ? 'bad' : 'busy'} label={`${word}, progress`} className="flex-1" />
          <span className="w-8 text-right" aria-hidden>{Math.round(percent)}%</span>
        </div>
      ) : null}
    </div>
  )
}
