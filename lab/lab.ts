/** Starts the embedded management cluster, part by part, and ends it in the reverse order. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { accounts } from './accounts'
import type { LabContext, LabPart } from './context'
import type { Lab, LabPartName, StartLab } from './contract'
import { openPki, startApiServer, startControllerManager, startEtcd, type ControlPlaneOptions } from './control-plane'
import { connectManagement } from './kubernetes'
import { openLog } from './log'
import { openPorts } from './ports'
import { createSupervisor } from './process'
import { startProviders } from './providers'
import { seed, writePortalKubeconfig } from './seed'
import { StartedParts } from './started-parts'
import { lockStateDir } from './state-lock'
import { serveStatus } from './status-server'
import { startVcenter } from './vcenter'

// Until the other parts are there.
import { existsSync } from 'node:fs'
const maybe = async (file: string, name: string, argument: unknown): Promise<any> =>
  existsSync(join(import.meta.dirname, `${file}.ts`)) ? (await import(`./${file}`))[name](argument) : undefined
const startIdentityProvider = (o: unknown) => maybe('identity-provider', 'startIdentityProvider', o)
const startKamajiStandIn = (o: unknown) => maybe('kamaji/stand-in', 'startKamajiStandIn', o)
const startNodeAgent = (o: unknown) => maybe('node-agent', 'startNodeAgent', o)

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
  const fast = options.fast ?? false
  const progress = options.onProgress ?? (() => undefined)
  const { signal } = started
  const supervisor = createSupervisor(stateDir, logDir, signal)
  const leftovers = await supervisor.endLeftovers()
  if (leftovers.length > 0) progress(`ended what an earlier lab left behind: ${leftovers.join(', ')}`)

  const ports = await openPorts(stateDir)
  const core: ControlPlaneOptions = { stateDir, binDir, fast, ports, supervisor }
  progress('certificates')
  const pki = await openPki(stateDir)
  progress('etcd, vCenter')
  const [{ etcd }, { vcenter }] = await Promise.all([
    startEtcd(core, pki).then((etcd) => started.add('store', etcd)),
    startVcenter(core, pki).then((vcenter) => started.add('controllers', vcenter)),
  ])
  progress('kube-apiserver')
  const api = await startApiServer(core, pki, etcd).then((one) => started.add('api', one))
  await startControllerManager(core, pki, api).then((part) => started.add('controllers', { part }))
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
  const providers = startProviders({ ...core, api, vcenter, management, signal, onProgress: progress }, pki).then((parts) => {
    for (const part of parts) started.add('controllers', { part })
  })
  const identityProvider = ports.take('identity-provider').then((port) =>
    startIdentityProvider({ ...oidcClient, port, accounts, portalUrl: options.portalUrl, stateDir, signal }),
  )
  const [oidc] = await Promise.all([identityProvider, providers])
  if (oidc !== undefined) started.add('controllers', { part: oidc })

  progress('tenants, roles, vSphere identity')
  await seed(management, vcenter, signal)
  const portalKubeconfig = join(stateDir, 'portal.kubeconfig')
  await writePortalKubeconfig(management, api, pki.ca.certPem, portalKubeconfig)
  progress('Kamaji stand-in, node agent')
  const kamaji = await startKamajiStandIn(context)
  if (kamaji !== undefined) started.add('tenant-apis', { part: kamaji })
  const agent = await startNodeAgent(context)
  if (agent !== undefined) started.add('controllers', { part: agent })

  const lab: Lab = {
    stateDir,
    logDir,
    adminKubeconfig: api.adminKubeconfig,
    portalKubeconfig,
    apiServerUrl: api.url,
    oidc: { issuer: oidc?.issuer ?? '', ...oidcClient },
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
