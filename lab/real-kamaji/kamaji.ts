/** Kamaji itself, for the profile `kamaji`: its datastore, its controllers, and what runs what they ask for. */
import type { LabContext } from '../context'
import type { ControlPlaneOptions, ApiServer, Pki } from '../control-plane'
import type { Management } from '../kubernetes'
import type { Controller } from '../providers'
import type { StartedParts } from '../started-parts'
import { planKamaji } from './controllers'
import { announceDatastore, applyDatastore, startDatastore } from './datastore'
import { startRunner } from './runner'

export interface RealKamaji {
  /** To be started with the other providers' controllers. */
  readonly controllers: readonly Controller[]
  /** After the CRDs, before the controllers. */
  readonly prepare: () => Promise<void>
  /** After the controllers. */
  readonly settle: () => Promise<void>
}

export async function openKamaji(context: LabContext, core: ControlPlaneOptions, pki: Pki, { api, management, started }: { readonly api: ApiServer; readonly management: Management; readonly started: StartedParts }): Promise<RealKamaji> {
  const datastore = await startDatastore(core)
  started.add('store', datastore)
  const runner = started.add('tenant-apis', await startRunner(context))
  return {
    controllers: await planKamaji({ ...core, api, proxyUrl: runner.proxyUrl }, pki),
    prepare: () => announceDatastore(management, datastore),
    settle: () => applyDatastore(management, datastore),
  }
}
