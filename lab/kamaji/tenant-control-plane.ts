/**
 * Kamaji's half: one TenantControlPlane. It is told what is wanted and works towards it in its own time (a kube-apiserver takes
 * seconds); the provider's half only reads how far it is, as it would read a TenantControlPlane's status.
 */
import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabContext } from '../context'
import type { LabPartStatus } from '../contract'
import type { KubeRest } from '../kube-rest'
import { createServiceAccountKeys, writePrivate } from '../pki'
import { startApiServer, type ApiServerSpec } from './api-server'
import type { Datastore } from './datastore'
import { prepareTenant } from './kubeadm-phase'
import type { AddressPool, Endpoint } from './loopback-address'
import { ensureAdminKubeconfig, ensureCa, removeSecrets, type TenantNames } from './secrets'
import { TenantProcess } from './tenant-process'

export interface Wanted {
  readonly version: string
  readonly replicas: number
  readonly port: number
  readonly serviceType: string
  readonly serviceAddress: string
  readonly serviceCidr: string
  readonly serviceDomain: string
  readonly certNames: readonly string[]
  /** Of the API server; absent in what an older lab remembers. */
  readonly extraArgs?: readonly string[]
}

export type VersionStatus = 'Provisioning' | 'Ready' | 'NotReady' | 'Upgrading' | 'Sleeping' | 'CertificateAuthorityRotating'

/** Survives a restart of the lab. */
interface Memory {
  readonly clusterName: string
  readonly wanted: Wanted
  /** The version that runs, or ran last: what status.version says until an upgrade is through. */
  readonly running?: string
}

/** What a process was started with. */
interface Facts {
  readonly hash: string
  readonly caHash: string
}

export interface Tools {
  readonly ctx: LabContext
  readonly rest: KubeRest
  readonly addresses: AddressPool
  readonly datastore: Datastore
  /** Holds back a start while others run: ten kube-apiservers that start at once on two cores are all late. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  readonly log: (line: string) => void
}

export class TenantControlPlane {
  readonly #dir: string
  #memory: Memory | undefined
  #endpoint: Endpoint | undefined
  #status: VersionStatus | undefined
  #rolling = false
  readonly process: TenantProcess<Facts>
  readonly #ctx: LabContext

  private constructor(
    readonly tools: Tools,
    readonly namespace: string,
    readonly name: string,
  ) {
    this.#dir = tenantDir(tools.ctx, namespace, name)
    this.process = new TenantProcess(tools.ctx, `${namespace}/${name}`)
    this.#ctx = { ...tools.ctx, supervisor: this.process.supervisor }
  }

  static async open(tools: Tools, namespace: string, name: string): Promise<TenantControlPlane> {
    const plane = new TenantControlPlane(tools, namespace, name)
    plane.#memory = await readMemory(plane.#dir)
    return plane
  }

  get endpoint(): Endpoint | undefined { return this.#endpoint }
  get versionStatus(): VersionStatus | undefined { return this.#status }
  get acceptedVersion(): string | undefined { return this.#memory?.wanted.version }
  get runningVersion(): string | undefined { return this.#memory?.running }
  get exists(): boolean { return this.#memory !== undefined }
  /** Nothing is on its way: the next look has time. */
  get settled(): boolean { return this.#status === 'Ready' && !this.#rolling }

  /** Kamaji's Deployment counts while it rolls: old and new side by side (lab-kamaji: replicas 4, ready 2, updated 2). */
  get replicas(): { total: number; ready: number; available: number; upToDate: number } {
    const n = this.#memory?.wanted.replicas ?? 0
    const ready = this.#status === 'Ready' || this.#status === 'Upgrading' ? n : 0
    return { total: this.#rolling ? 2 * n : n, ready, available: ready, upToDate: n }
  }

  async want(clusterName: string, wanted: Wanted): Promise<void> {
    const next: Memory = { ...this.#memory, clusterName, wanted }
    if (JSON.stringify(next) === JSON.stringify(this.#memory)) return
    await this.#remember(next)
  }

  /** One pass. Throws where something stays undone; the caller comes back. */
  async converge(names: TenantNames): Promise<void> {
    const wanted = this.#memory?.wanted
    if (wanted === undefined) return
    this.#endpoint ??= await this.#takeEndpoint(wanted)
    if (this.#endpoint === undefined) return
    this.#status ??= this.#memory?.running === undefined ? 'Provisioning' : 'NotReady'
    const { rest } = this.tools
    const ca = await ensureCa(rest, names)
    const { superAdmin } = await ensureAdminKubeconfig(rest, names, ca, this.#endpoint)
    const caHash = hashOf(ca.certPem)
    const extraArgs = wanted.extraArgs ?? []
    const spec: ApiServerSpec = { ...wanted, extraArgs, namespace: this.namespace, name: this.name, endpoint: this.#endpoint, ca }
    // Not of the spec: of what the process is started with. A count of replicas alone starts nothing anew.
    const hash = hashOf(JSON.stringify([wanted.version, wanted.serviceCidr, wanted.serviceDomain, wanted.certNames, extraArgs, this.#endpoint, caHash]))
    if (this.process.killed) this.#status = 'NotReady'
    else if (wanted.replicas === 0) await this.#sleep()
    else if (this.process.facts?.hash === hash) await this.#look(wanted)
    else await this.#roll(spec, { hash, caHash, superAdmin })
  }

  async #roll(spec: ApiServerSpec, { hash, caHash, superAdmin }: { hash: string; caHash: string; superAdmin: string }): Promise<void> {
    const before = this.process.facts
    await this.#writeFiles(spec.ca.certPem)
    if (before !== undefined) {
      if (before.caHash !== caHash) this.#status = 'CertificateAuthorityRotating'
      // Only another version is an upgrade to Kamaji (isUpgrading in its internal/resources/k8s_deployment_resource.go).
      else if (this.#memory?.running !== spec.version) this.#status = 'Upgrading'
      this.#rolling = true
    }
    // One that does not come up, for a bad argument, leaves the one before it in service and the roll open: maxUnavailable is 0.
    await this.process.replace({ hash, caHash }, (slot) => this.tools.inTurn(() => startApiServer(this.#ctx, this.#dir, spec, slot)))
    await prepareTenant(superAdmin)
    // What was started, and not what may be wanted by now: that is not there before the next pass.
    await this.#look(spec)
    this.tools.log(`${this.namespace}/${this.name} runs ${spec.version} on ${spec.endpoint.host}:${spec.endpoint.port}`)
  }

  async #look({ version }: { readonly version: string }): Promise<void> {
    this.#rolling = false
    this.#status = (await this.process.isReady()) ? 'Ready' : 'NotReady'
    if (this.#status === 'Ready' && this.#memory !== undefined && this.#memory.running !== version) {
      await this.#remember({ ...this.#memory, running: version })
    }
  }

  async #sleep(): Promise<void> {
    await this.process.stop()
    this.#status = 'Sleeping'
  }

  /** Process, keys, Secrets, address, files: nothing of it stays. */
  async remove(): Promise<void> {
    await this.process.stop()
    const deleted = await this.tools.datastore.wipe(this.namespace, this.name)
    const clusterName = this.#memory?.clusterName ?? this.name
    await removeSecrets(this.tools.rest, { namespace: this.namespace, name: this.name, clusterName })
    await this.tools.addresses.release(this.#tenant)
    await rm(this.#dir, { recursive: true, force: true })
    if (this.#memory !== undefined) this.tools.log(`${this.#tenant} is gone, and ${deleted} keys of it`)
    this.#memory = undefined
  }

  async part(): Promise<LabPartStatus | undefined> {
    if (this.#memory === undefined) return undefined
    return this.process.part({ health: this.#status === 'Provisioning' ? 'starting' : 'down', version: this.#memory.wanted.version })
  }

  get #tenant(): string { return `${this.namespace}/${this.name}` }

  /** Undefined where no address can be had; Kamaji then has none either, and the provider waits. */
  async #takeEndpoint({ serviceType, serviceAddress, port }: Wanted): Promise<Endpoint | undefined> {
    const { addresses, log } = this.tools
    if (serviceType === 'NodePort' && (port < 30_000 || port > 32_767)) {
      return void log(`${this.#tenant}: ${port} is no node port (30000-32767)`)
    }
    if (serviceAddress === '') return serviceType === 'NodePort' ? undefined : addresses.take(this.#tenant, port)
    const fixed = { host: serviceAddress, port }
    if (await addresses.canBind(fixed)) return fixed
    return void log(`${this.#tenant}: ${serviceAddress} is no address of this machine; the lab can serve 127.0.0.0/8 only`)
  }

  async #writeFiles(caPem: string): Promise<void> {
    await writePrivate(join(this.#dir, 'ca.crt'), caPem)
    const known = await readFile(join(this.#dir, 'sa.key'), 'utf8').catch(() => undefined)
    // Another key would end every ServiceAccount's token.
    if (known !== undefined) return
    const keys = createServiceAccountKeys()
    await writePrivate(join(this.#dir, 'sa.pub'), keys.publicPem)
    await writePrivate(join(this.#dir, 'sa.key'), keys.privatePem)
  }

  async #remember(memory: Memory): Promise<void> {
    this.#memory = memory
    await writePrivate(join(this.#dir, 'state.json'), JSON.stringify(memory, null, 2))
  }
}

export function tenantsDir(ctx: LabContext): string {
  return join(ctx.stateDir, 'kamaji', 'tenants')
}

/** `_` is in no Kubernetes name. */
function tenantDir(ctx: LabContext, namespace: string, name: string): string {
  return join(tenantsDir(ctx), `${namespace}_${name}`)
}

async function readMemory(dir: string): Promise<Memory | undefined> {
  try {
    return JSON.parse(await readFile(join(dir, 'state.json'), 'utf8')) as Memory
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
