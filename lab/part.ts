import type { LabPartName, LabPartStatus } from './contract'

/**
 * A running part. Some own others that come and go (Kamaji's stand-in: `tenant-api:<namespace>/<name>`), so status is a list
 * and kill and revive name which one.
 */
export interface LabPart {
  readonly name: LabPartName
  readonly status: () => Promise<readonly LabPartStatus[]>
  /** True when `kill(name)` is for this part. */
  readonly owns: (name: LabPartName) => boolean
  /** Ends it as a fault would and keeps it down. */
  readonly kill: (name: LabPartName) => Promise<void>
  readonly revive: (name: LabPartName) => Promise<void>
  /** Idempotent. State stays; a later start goes on from it. */
  readonly stop: () => Promise<void>
}
