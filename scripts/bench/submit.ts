import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from '@playwright/test'
import type { Lab } from '@/lab/contract'
import { renderAddOn } from '@/lib/addons/render'
import { clusterAddOns } from '@/lib/cluster/add-ons'
import { clusterShape } from '@/lib/cluster/spec'
import { OFFER_ANNOTATION, vsphereOffer } from '@/lib/identity/offer'
import { renderCluster } from '@/lib/manifests/render'
import { toYaml } from '@/lib/manifests/yaml'
import { fillCreate } from '@/e2e/support/create'
import { signInOn } from '@/e2e/support/test'
import type { Portal } from '../portal'
import { spread, type Section } from './figures'

const ROUNDS = 8
const TENANT = 'team-blue'
const run = promisify(execFile)

interface Target { readonly lab: Lab; readonly portal: Portal; readonly browser: Browser; readonly kubectl: string }

/** From pressing Create to the portal's answer, against `kubectl apply --server-side` of the same objects. */
export async function submitToAccepted({ lab, portal, browser, kubectl }: Target): Promise<Pick<Section, 'figures' | 'notes'>> {
  const context = await browser.newContext({ baseURL: portal.url })
  const page = await context.newPage()
  await signInOn(page, lab, 'bea@tenantry.example')
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  const env = { ...process.env, KUBECONFIG: lab.adminKubeconfig }
  const identity = JSON.parse((await run(kubectl, ['get', 'vsphereclusteridentity', '-o', 'json'], { env })).stdout) as { items: { metadata: { annotations: Record<string, string> } }[] }
  const offer = vsphereOffer.parse(JSON.parse(identity.items[0]?.metadata.annotations[OFFER_ANNOTATION] ?? '{}'))

  const portalMs: number[] = []
  const kubectlMs: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    // No machines: what is measured is the writing, and a bench should not clone VMs.
    const name = `portal-${i}`
    await page.goto(`/t/${TENANT}/create`)
    const request = page.waitForRequest((candidate) => candidate.method() === 'POST' && candidate.url().includes(`/t/${TENANT}/create`))
    await fillCreate(page, { name, replicas: 0 })
    await page.getByRole('button', { name: 'Create cluster' }).click()
    const sent = await request
    await sent.response()
    await page.waitForURL(new RegExp(`/clusters/${name}\\b`))
    portalMs.push(sent.timing().responseEnd)

    const spec = clusterShape.parse((sent.postDataJSON() as { spec: unknown }[])[0]?.spec)
    const cluster = `kubectl-${i}`
    const place = { tenant: TENANT, cluster, kubernetes: spec.version, offer, datacenter: offer.datacenter, clusterId: cluster, signIn: { username: 'bench', password: 'bench', version: 'bench' }, apiPort: 6443, serviceMonitors: false, scrapeSecret: null }
    const addOns = clusterAddOns(spec).flatMap((settings) => renderAddOn(settings, place))
    const objects = [...renderCluster({ ...spec, name: cluster }, { tenant: TENANT, offer, operationId: `bench-${i}` }), ...addOns]
    const file = join(folder, `${i}.yaml`)
    await writeFile(file, toYaml(objects))
    const began = performance.now()
    await run(kubectl, ['apply', '--server-side', '-f', file], { env })
    kubectlMs.push(performance.now() - began)
    // Before the next round: control planes that start would take the cores that are measured.
    await run(kubectl, ['delete', 'clusters', name, cluster, '-n', TENANT, '--timeout=120s'], { env })
  }
  await context.close()
  await rm(folder, { recursive: true, force: true })
  return {
    figures: [{ name: 'Submit to accepted', value: spread(portalMs), reference: `kubectl apply: ${spread(kubectlMs)}`, goal: '', met: null }],
    notes: `A person presses Create and the portal answers: session, access reviews, dry run of every object, Operation and audit rows, then the
apply. Reference: \`kubectl apply --server-side\` of the same objects, without a dry run.`,
  }
}
