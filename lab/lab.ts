/** Starts the embedded management cluster, part by part, and ends it in the reverse order. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { accounts } from './accounts'
import type { LabContext } from './context'
import type { Lab, StartLab } from './contract'
import { openPki, startApiServer, startControllerManager, startEtcd, type ControlPlaneOptions } from './control-plane'
import { startIdentityProvider } from './identity-provider'
import { startKamajiStandIn } from './kamaji/stand-in'
import { connectManagement } from './kubernetes'
import { openLog } from './log'
import { startNodeAgent } from './node-agent'
import { openPorts } from './ports'
import { createSupervisor } from './process'
import { keepProfile, profiles } from './profiles'
import { installProviders } from './providers'
import { openKamaji } from './real-kamaji/kamaji'
import { seed, writePortalKubeconfig } from './seed'
import { StartedParts } from './started-parts'
import { lockStateDir } from './state-lock'
import { serveStatus } from './status-server'
import { startVcenter } from './vcenter'
import { inventoryOf } from './vcenter-inventory'

/** Public, like the accounts' passwords: it opens nothing outside loopback. */
const oidcClient = { clientId: 'tenantry', clientSecret: 'tenantry-lab' }

export async function startLab(options: StartLab): Promise<Lab> {
  const stateDir = resolve(options.stateDir)
  const logDir = join(stateDir, 'logs')
  await mkdir(logDir, { recursive: true, mode: 0o700 })
  const unlock = await lockStateDir(stateDir)
  const started = new StartedParts(unlock)
  const onAbort = () => void started.stop()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  started.onStop(async () => options.signal?.removeEventListener('abort', onAbort))
  try {
    options.signal?.throwIfAborted()
    return await startParts({ ...options, stateDir }, logDir, started)
  } catch (error) {
    await started.stop()
    throw error
  }
}

async function startParts(options: StartLab, logDir: string, started: StartedParts): Promise<Lab> {
  const { stateDir, binDir } = options
  const profile = profiles[options.profile ?? 'default']
  await keepProfile(stateDir, profile)
  const fast = options.fast ?? false
  const progress = options.onProgress ?? (() => undefined)
  const { signal } = started
  const supervisor = createSupervisor(stateDir, logDir, signal)
  started.onStop(() => supervisor.stopAll())
  const leftovers = await supervisor.endLeftovers()
  if (leftovers.length > 0) progress(`ended what an earlier lab left behind: ${leftovers.join(', ')}`)

  const ports = await openPorts(stateDir)
  const core: ControlPlaneOptions = { stateDir, binDir, fast, ports, supervisor }
  progress('certificates')
  const pki = await openPki(join(stateDir, 'pki'))
  progress('etcd, vCenter')
  const [{ etcd }, { vcenter }] = await Promise.all([
    startEtcd(core, pki).then((etcd) => started.add('store', etcd)),
    startVcenter(core, pki, inventoryOf(profile.kubernetes)).then((vcenter) => started.add('controllers', vcenter)),
  ])
  progress('kube-apiserver')
  const api = await startApiServer(core, pki, etcd).then((one) => started.add('api', one))
  const management = connectManagement(api.url, pki.ca.certPem, api.admin)

  const context: LabContext = {
    stateDir, binDir, logDir, fast, etcd, vcenter, supervisor, ports, accounts, signal,
    adminKubeconfig: api.adminKubeconfig,
    apiServerUrl: api.url,
    ca: pki.ca,
    caFile: pki.caFile,
    log: (part) => openLog(logDir, part),
    portalUrl: options.portalUrl,
  }
  const kamaji = profile.name === 'kamaji' ? await openKamaji(context, core, pki, { api, management, started }) : undefined
  const providers = await installProviders({ ...core, profile, api, vcenter, management, signal, onProgress: progress }, pki, kamaji?.controllers ?? [])
  await kamaji?.prepare()
  const controllers = Promise.all([
    // After the CRDs: its garbage collector would overlook their objects until it asks again, 30 s later.
    startControllerManager(core, pki, api).then((part) => started.add('controllers', { part })),
    providers
      .start()
      .then((parts) => parts.forEach((part) => started.add('controllers', { part })))
      .then(() => kamaji?.settle()),
  ])
  const identityProvider = ports
    .take('identity-provider')
    .then((port) => startIdentityProvider({ ...oidcClient, port, accounts, portalUrl: options.portalUrl, stateDir }))
    .then((part) => started.add('controllers', { part }))
  const [{ part: oidc }] = await Promise.all([identityProvider, controllers])

  progress('tenants, roles, vSphere identity')
  await seed(management, vcenter, profile, signal)
  const portalKubeconfig = join(stateDir, 'portal.kubeconfig')
  await writePortalKubeconfig(management, api, pki.ca.certPem, portalKubeconfig)
  progress(kamaji === undefined ? 'Kamaji stand-in, node agent' : 'node agent')
  if (kamaji === undefined) started.add('tenant-apis', { part: await startKamajiStandIn(context) })
  started.add('controllers', { part: await startNodeAgent(context) })

  const lab: Lab = {
    stateDir,
    profile: profile.name,
    logDir,
    adminKubeconfig: api.adminKubeconfig,
    portalKubeconfig,
    apiServerUrl: api.url,
    oidc: { issuer: oidc.issuer, ...oidcClient },
    vcenter: { server: vcenter.server, user: vcenter.user, passwordFile: vcenter.passwordFile, thumbprint: vcenter.thumbprint },
    accounts,
    kill: (part) => started.owner(part).kill(part),
    revive: (part) => started.owner(part).revive(part),
    status: async () => (await Promise.all(started.parts().map((part) => part.status()))).flat(),
    stop: () => started.stop(),
  }
  started.onStop(await serveStatus(lab))
  return lab
}
