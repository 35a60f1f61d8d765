/** Kamaji and its Cluster API provider as processes. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiServer, ControlPlaneOptions, Pki } from '../control-plane'
import { loopbackSans } from '../pki'
import { listensNowhere } from '../ports'
import { writeServing, type Controller } from '../providers'
import { kamajiVersions } from '../versions'
import { datastoreName, kamajiNamespace } from './datastore'

/** Kamaji's webhooks listen here whatever it is told (cmd/manager/cmd.go). */
const webhookPort = 9443

export interface KamajiOptions extends ControlPlaneOptions {
  readonly api: ApiServer
  /** Of the proxy that knows `<tenant control plane>.<namespace>.svc`. */
  readonly proxyUrl: string
}

/** @throws Error when the one port that cannot be chosen is taken, or where tenants cannot have addresses of their own */
export async function planKamaji({ stateDir, ports, api, proxyUrl }: KamajiOptions, pki: Pki): Promise<readonly Controller[]> {
  if (process.platform !== 'linux') throw new Error('The profile kamaji needs Linux: each tenant has an address of 127.0.0.0/8, which no other system gives out unasked.')
  if (!(await listensNowhere(webhookPort))) throw new Error(`Port ${webhookPort} is taken, and Kamaji’s webhooks can listen on no other: one lab of the profile kamaji runs at a time. End what listens there.`)
  const temporary = join(stateDir, 'kamaji', 'tmp')
  // It leaves administrators' kubeconfigs of tenants there for good.
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true, mode: 0o700 })
  await writeServing(join(temporary, 'k8s-webhook-server', 'serving-certs'), await pki.pair('kamaji-webhook', { cn: 'kamaji-webhook', sans: loopbackSans, usages: ['server'] }))
  const common = async (name: string) => {
    const healthPort = await ports.take(`${name}-health`)
    return { healthPort, flags: ['--leader-elect=false', `--health-probe-bind-address=127.0.0.1:${healthPort}`, '--metrics-bind-address=0'] }
  }
  const [kamaji, provider] = [await common('kamaji'), await common('kamaji-provider')]
  const env = { KUBECONFIG: api.adminKubeconfig }
  return [
    {
      name: 'kamaji',
      version: kamajiVersions.kamaji,
      webhookPort,
      healthPort: kamaji.healthPort,
      args: [
        'manager', ...kamaji.flags, '--disable-telemetry', `--pod-namespace=${kamajiNamespace}`, '--serviceaccount-name=kamaji', `--datastore=${datastoreName}`,
        // Moving a tenant to another datastore would run this image; nothing in the lab runs images.
        '--migrate-image=none', `--tmp-directory=${temporary}`, `--webhook-ca-path=${pki.caFile}`,
      ],
      // It calls tenants by the names of their Services, which only a cluster's DNS knows. Go never sends loopback to a proxy.
      env: { ...env, TMPDIR: temporary, HTTPS_PROXY: proxyUrl },
    },
    { name: 'kamaji-provider', version: kamajiVersions.kamajiProvider, webhookPort: null, healthPort: provider.healthPort, args: provider.flags, env },
  ]
}
