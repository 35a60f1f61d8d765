import { readFileSync } from 'node:fs'
import { AuthorizationV1Api, CoreV1Api, CustomObjectsApi, KubeConfig, KubernetesObjectApi, RbacAuthorizationV1Api } from '@kubernetes/client-node'
import type { LabAccount, LabPartName, ProfileName } from '@/lab/contract'

/** What scripts/test.ts writes for the tests: the data of `Lab`, and where parts can be killed and revived. */
export interface LabFacts {
  readonly profile: ProfileName
  readonly stateDir: string
  readonly adminKubeconfig: string
  readonly portalKubeconfig: string
  readonly apiServerUrl: string
  readonly accounts: readonly LabAccount[]
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string }
  readonly vcenter: { readonly server: string; readonly user: string; readonly passwordFile: string; readonly thumbprint: string }
  readonly logDir: string
  /** kubectl is here, among the lab's own programs. */
  readonly binDir: string
  readonly control: { readonly url: string; readonly token: string }
}

export function labFacts(): LabFacts {
  const file = process.env['TENANTRY_LAB_FACTS']
  if (!file) throw new Error('TENANTRY_LAB_FACTS is not set: run the tests through `npm test`, which starts the lab')
  return JSON.parse(readFileSync(file, 'utf8')) as LabFacts
}

/** The versions that the lab's profile serves, where its profiles differ. */
export const versionsOf = ({ profile }: Pick<LabFacts, 'profile'>) =>
  profile === 'kamaji' ? ({ infrastructure: 'v1beta1', controlPlane: 'v1alpha1' } as const) : ({ infrastructure: 'v1beta2', controlPlane: 'v1alpha2' } as const)

/** The management cluster as its administrator: to arrange and to look, never to do what the test is about. */
export function admin(facts = labFacts()) {
  const config = new KubeConfig()
  config.loadFromFile(facts.adminKubeconfig)
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    rbac: config.makeApiClient(RbacAuthorizationV1Api),
    reviews: config.makeApiClient(AuthorizationV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    objects: KubernetesObjectApi.makeApiClient(config),
    /** The same as somebody else: for what is asked of people only. */
    as: (user: string) => {
      const theirs = new KubeConfig()
      theirs.loadFromFile(facts.adminKubeconfig)
      theirs.users = theirs.users.map((one) => ({ ...one, impersonateUser: user }))
      return theirs.makeApiClient(CustomObjectsApi)
    },
  }
}
export type Admin = ReturnType<typeof admin>

async function control(verb: 'kill' | 'revive', part: LabPartName): Promise<void> {
  const { url, token } = labFacts().control
  const response = await fetch(`${url}/${verb}?part=${encodeURIComponent(part)}`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(`the lab did not ${verb} ${part}: ${response.status} ${await response.text()}`)
}
export const killPart = (part: LabPartName) => control('kill', part)
export const revivePart = (part: LabPartName) => control('revive', part)
