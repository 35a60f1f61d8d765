/** The one container of Kamaji's Pods that the lab runs: kube-apiserver as a process, with the files that its volumes would hold. */
import { request } from 'node:https'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { LabContext } from '../context'
import type { LabPartName } from '../contract'
import type { Endpoint } from '../kamaji/loopback-address'
import type { KubeObject, KubeRest } from '../kube-rest'
import { writePrivate } from '../pki'
import type { SupervisedProcess, Supervisor } from '../process'

const container = 'kube-apiserver'
const etcKubernetes = '/etc/kubernetes'
/** Two share one address while the newer one takes over: so many answers in a row are not all the older one's. */
const answersInARow = 8

interface Item {
  readonly key: string
  readonly path: string
}

interface Volume {
  readonly name: string
  readonly secret?: { readonly secretName: string }
  readonly configMap?: { readonly name: string }
  readonly projected?: { readonly sources: readonly { readonly secret?: { readonly name: string; readonly items?: readonly Item[] } }[] }
}

export interface PodTemplate {
  readonly spec: {
    readonly containers: readonly {
      readonly name: string
      readonly image: string
      readonly args?: readonly string[]
      readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
    }[]
    readonly volumes?: readonly Volume[]
  }
}

export const hashOf = (template: PodTemplate): string => createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 16)

/** `v1.30.2` of the image's tag. */
export const versionOf = (template: PodTemplate): string => serverOf(template).image.split(':').at(-1) ?? ''

const serverOf = (template: PodTemplate) => {
  const found = template.spec.containers.find(({ name }) => name === container)
  if (found === undefined) throw new Error(`the Deployment has no container ${container}`)
  return found
}

/** Writes its files below `dir` and answers once it is ready. @throws Error when a Secret is not there yet */
export async function startPod(ctx: LabContext, supervisor: Supervisor, rest: KubeRest, at: { readonly part: LabPartName; readonly namespace: string; readonly dir: string; readonly endpoint: Endpoint }, template: PodTemplate): Promise<SupervisedProcess> {
  await writeVolumes(rest, at, template)
  return supervisor.start({
    name: at.part,
    command: join(ctx.binDir, 'kube-apiserver'),
    args: argumentsOf(serverOf(template).args ?? [], at.dir, at.endpoint),
    // As with the stand-in: a third of its memory otherwise.
    env: { GOGC: '40', GOMAXPROCS: '2' },
    version: versionOf(template),
    probe: (signal) => answersReady(at.endpoint, signal),
    startTimeoutMs: 90_000,
    stopGraceMs: 3_000,
  })
}

/** Kamaji's own flags for 1.29 and 1.30, which the lab's newer kube-apiserver takes, but for what needs Pods. */
export function argumentsOf(args: readonly string[], dir: string, { host }: Endpoint): readonly string[] {
  const dropped = ['--egress-selector-config-file=', '--advertise-address=']
  return [
    ...args.filter((arg) => !dropped.some((flag) => arg.startsWith(flag))).map((arg) => arg.replace(`=${etcKubernetes}`, `=${dir}`)),
    `--bind-address=${host}`,
    // 127/8 is no valid advertise address for Endpoints; nothing in the lab looks the service up.
    '--endpoint-reconciler-type=none',
    '--permit-port-sharing=true',
  ]
}

async function writeVolumes(rest: KubeRest, { namespace, dir }: { namespace: string; dir: string }, template: PodTemplate): Promise<void> {
  for (const { name, mountPath } of serverOf(template).volumeMounts ?? []) {
    const volume = template.spec.volumes?.find((one) => one.name === name)
    // Others are of the host: certificates of public authorities, sockets.
    if (volume === undefined || !mountPath.startsWith(etcKubernetes)) continue
    const folder = join(dir, mountPath.slice(etcKubernetes.length))
    const secrets = volume.secret === undefined ? (volume.projected?.sources ?? []).flatMap(({ secret }) => (secret === undefined ? [] : [secret])) : [{ name: volume.secret.secretName, items: undefined }]
    for (const { name: secretName, items } of secrets) {
      const data = await dataOf(rest, `/api/v1/namespaces/${namespace}/secrets/${secretName}`)
      for (const { key, path } of items ?? Object.keys(data).map((key) => ({ key, path: key }))) await writePrivate(join(folder, path), Buffer.from(data[key] ?? '', 'base64').toString())
    }
    if (volume.configMap === undefined) continue
    const texts = await dataOf(rest, `/api/v1/namespaces/${namespace}/configmaps/${volume.configMap.name}`)
    for (const [key, text] of Object.entries(texts)) await writePrivate(join(folder, key), text)
  }
}

async function dataOf(rest: KubeRest, path: string): Promise<Readonly<Record<string, string>>> {
  const found = await rest.get<KubeObject & { data?: Record<string, string> }>(path)
  if (found === undefined) throw new Error(`${path} is not there yet`)
  return found.data ?? {}
}

async function answersReady({ host, port }: Endpoint, signal: AbortSignal): Promise<boolean> {
  for (let n = 0; n < answersInARow; n += 1) {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      // The lab looks whether it answers, not who: its certificate is of the tenant's own authority.
      const call = request({ host, port, path: '/readyz', rejectUnauthorized: false, agent: false, signal }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      call.once('error', reject)
      call.end()
    })
    if (code !== 200) return false
  }
  return true
}
