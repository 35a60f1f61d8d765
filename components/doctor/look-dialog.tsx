'use client'
import { useCallback, useEffect, useState } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import type { InsideFinding, InsideReport } from '@/lib/doctor/inside'
import type { Result } from '@/lib/errors'
import { plural } from '@/lib/text'
import { useTenant } from '@/components/live/hooks'
import { ErrorNote, Raw } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { Button } from '@/components/ui/button'
import { Collapsible } from '@/components/ui/collapsible'
import { Dialog, DialogActions } from '@/components/ui/dialog'

/** What the tenant cluster itself says of its nodes and volumes, asked when it is opened and by "Look again". */
export function LookDialog({ cluster, onClose }: { cluster: ClusterView; onClose: () => void }) {
  const { name: tenant, actions } = useTenant()
  const [found, setFound] = useState<Result<InsideReport> | null>(null)
  const { name } = cluster
  const look = useCallback(() => actions.lookIntoCluster({ tenant, cluster: name }), [actions, tenant, name])
  useEffect(() => {
    let open = true
    void look().then((answer) => open && setFound(answer))
    return () => { open = false }
  }, [look])
  const again = () => {
    setFound(null)
    void look().then(setFound)
  }
  return (
    <Dialog open wide onOpenChange={(open) => !open && onClose()} title={`Nodes and volumes of ${name}`} description="Read once from the cluster’s own API. Nothing is changed there.">
      <div role="status" aria-busy={found === null} className="mt-3 min-h-16 space-y-3">
        {found === null ? <p className="text-ink-2">Asking the API of {name}…</p> : found.ok ? <Report report={found.value} /> : null}
      </div>
      {found && !found.ok ? <ErrorNote error={found.error} /> : null}
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button look="primary" busy={found === null} onClick={again}>Look again</Button>
      </DialogActions>
    </Dialog>
  )
}

function Report({ report: { nodes, ready, claims, findings } }: { report: InsideReport }) {
  return (
    <>
      <p className="text-ink-2">{nodes === 0 ? 'No node is there.' : `${ready} of ${plural(nodes, 'node is', 'nodes are')} ready.`} {claims === 0 ? 'No volume was asked for.' : `${plural(claims, 'volume was', 'volumes were')} asked for.`}</p>
      {findings.length === 0 ? <p className="flex items-start gap-2.5"><span className="mt-0.5"><Glyph role="ok" shape="check" /></span>Nothing here holds a node or a volume.</p> : null}
      <ul className="space-y-3">{findings.map((finding) => <Found key={finding.id} finding={finding} />)}</ul>
    </>
  )
}

function Found({ finding: { weight, sentence, proof, next, log } }: { finding: InsideFinding }) {
  return (
    <li className="flex items-start gap-2.5">
      <span className="mt-0.5 shrink-0">{weight === 'held' ? <Glyph role="warn" shape="triangle" /> : <Glyph role="idle" shape="ring" />}</span>
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-medium [overflow-wrap:anywhere]">{sentence}.</p>
        <p className="text-ink-2">{next}</p>
        <Collapsible chevron="start" summary={<span className="text-ink-2">What proves it{log === null ? '' : ', and the log to read'}</span>}>
          <Raw label="Proof">{proof}</Raw>
          {log === null ? null : <Raw label="The log to read">{log}</Raw>}
        </Collapsible>
      </div>
    </li>
  )
}
