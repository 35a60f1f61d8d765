import type { Cause, Finding } from '@/lib/doctor/finding'

export interface Check {
  readonly title: string
  /** The first finding among its causes; null: nothing of the kind holds the deletion. */
  readonly finding: Finding | null
  /** fine: looked at, nothing there. */
  readonly is: 'fine' | Finding['weight']
}

/** What can stop a deletion, in the order to look; said short, so that a row keeps its height when something is found. */
const CHECKS: readonly { readonly fine: string; readonly found: string; readonly causes: readonly Cause[] }[] = [
  { fine: 'Not paused', found: 'Paused', causes: ['paused'] },
  { fine: 'No hook holds it back', found: 'A hook holds it back', causes: ['before-delete-hook', 'pre-drain-hook', 'pre-terminate-hook'] },
  { fine: 'No drain, no volume: skipped with the cluster', found: 'A drain or a volume', causes: ['drain', 'volume-detach'] },
  { fine: 'vCenter lets the machines go', found: 'vCenter does not let the machines go', causes: ['credentials-gone', 'credentials-refused', 'vcenter-away', 'infrastructure'] },
  { fine: 'No address is held back', found: 'An address is held back', causes: ['address-claims'] },
  { fine: 'Nobody else uses the address pool', found: 'Others use the address pool', causes: ['pool-protection'] },
  { fine: 'The control plane lets go', found: 'The control plane does not let go', causes: ['control-plane', 'datastore'] },
  { fine: 'No protection of others', found: 'A protection of others', causes: ['foreign-protection'] },
  { fine: 'No error in Cluster API', found: 'An error in Cluster API', causes: ['controller-error'] },
]

/** Each check of a deletion with what was found. */
export function checksOf(findings: readonly Finding[]): readonly Check[] {
  return CHECKS.map(({ fine, found, causes }) => {
    const finding = findings.find((candidate) => causes.includes(candidate.cause)) ?? null
    return { title: finding === null ? fine : found, finding, is: finding === null ? 'fine' : finding.weight }
  })
}
