import type { Cause, Finding } from '@/lib/doctor/finding'

export interface Check {
  readonly title: string
  /** The first finding among its causes; null: nothing of the kind holds the deletion. */
  readonly finding: Finding | null
  /** fine: looked at, nothing there. */
  readonly is: 'fine' | Finding['weight']
}

/** What can stop a deletion, in the order to look. */
const CHECKS: readonly { readonly title: string; readonly causes: readonly Cause[] }[] = [
  { title: 'Not paused', causes: ['paused'] },
  { title: 'No hook holds it back', causes: ['before-delete-hook', 'pre-drain-hook', 'pre-terminate-hook'] },
  { title: 'No drain, no volume: skipped with the cluster', causes: ['drain', 'volume-detach'] },
  { title: 'vCenter lets the machines go', causes: ['credentials-gone', 'credentials-refused', 'vcenter-away', 'infrastructure'] },
  { title: 'No address is held back', causes: ['address-claims'] },
  { title: 'Nobody else uses the address pool', causes: ['pool-protection'] },
  { title: 'The control plane lets go', causes: ['control-plane', 'datastore'] },
  { title: 'No protection of others', causes: ['foreign-protection'] },
  { title: 'No error in Cluster API', causes: ['controller-error'] },
]

/** Each check of a deletion with what was found. */
export function checksOf(findings: readonly Finding[]): readonly Check[] {
  return CHECKS.map(({ title, causes }) => {
    const finding = findings.find((candidate) => causes.includes(candidate.cause)) ?? null
    return { title, finding, is: finding === null ? 'fine' : finding.weight }
  })
}
