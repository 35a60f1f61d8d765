/** Secrets of a tenant in the management cluster, in the shapes that Kamaji and its provider give them. */
import { kubeconfigOf } from '../kubernetes'
import { isConflict, type KubeObject, type KubeRest, type OwnerReference } from '../kube-rest'
import { createCa, issueCert, stillGood, type CertificateAuthority } from '../pki'
import type { Endpoint } from './loopback-address'

export interface Secret extends KubeObject {
  type?: string
  data?: Record<string, string>
}

export interface TenantNames {
  readonly namespace: string
  /** Of the KamajiControlPlane, and of the TenantControlPlane that Kamaji would run for it. */
  readonly name: string
  readonly clusterName: string
  readonly owner: OwnerReference
}

const clusterSecret = 'cluster.x-k8s.io/secret'
export const rotateAnnotation = 'certs.kamaji.clastix.io/rotate'
const renewBeforeDays = 7

/** The tenant's CA. The Secret is the truth, as with Kamaji: whoever deletes it gets another CA. */
export async function ensureCa(rest: KubeRest, names: TenantNames): Promise<CertificateAuthority> {
  const name = `${names.clusterName}-ca`
  const known = await ownSecret(rest, names, name)
  const certPem = decoded(known, 'tls.crt')
  const keyPem = decoded(known, 'tls.key')
  if (certPem !== undefined && keyPem !== undefined) return { certPem, keyPem }
  const ca = await createCa('kubernetes')
  // Both spellings: Kamaji's own Secret has ca.*, and where the control plane is named like its cluster it is this very one.
  const data = { 'tls.crt': ca.certPem, 'tls.key': ca.keyPem, 'ca.crt': ca.certPem, 'ca.key': ca.keyPem }
  await write(rest, known, { ...secretOf(names, name, 'ca', data), type: clusterSecret })
  return ca
}

/**
 * `<name>-admin-kubeconfig`: Kamaji's own. Issued anew when it is gone, annotated for rotation, of another CA or address, or
 * about to expire.
 */
export async function ensureAdminKubeconfig(rest: KubeRest, names: TenantNames, ca: CertificateAuthority, endpoint: Endpoint): Promise<{ readonly superAdmin: string }> {
  const name = `${names.name}-admin-kubeconfig`
  const known = await ownSecret(rest, names, name)
  const server = `https://${endpoint.host}:${endpoint.port}`
  const rotate = known?.metadata.annotations?.[rotateAnnotation] !== undefined
  const present = decoded(known, 'super-admin.conf')
  if (present !== undefined && !rotate && usable(decoded(known, 'admin.conf'), server, ca)) return { superAdmin: present }
  const issue = async (group: string) =>
    kubeconfigOf(server, ca.certPem, await issueCert(ca, { cn: 'kubernetes-admin', o: [group], usages: ['client'] }))
  const [admin, superAdmin] = await Promise.all([issue('kubeadm:cluster-admins'), issue('system:masters')])
  // `.svc` names the Service inside the management cluster; the lab has no cluster DNS, and the same address serves both.
  const data = { 'admin.conf': admin, 'admin.svc': admin, 'super-admin.conf': superAdmin, 'super-admin.svc': superAdmin }
  await write(rest, known, secretOf(names, name, 'kubeconfig', data))
  return { superAdmin }
}

/** `<cluster>-kubeconfig`: the provider's copy, which Cluster API reads. */
export async function copyKubeconfig(rest: KubeRest, names: TenantNames, key: string): Promise<void> {
  const source = await rest.get<Secret>(pathOf(names.namespace, `${names.name}-admin-kubeconfig`))
  if (source === undefined) throw new Error('cannot retrieve source-of-truth for admin kubeconfig')
  const value = source.data?.[key]
  if (value === undefined) throw new Error('missing key from *kamajiv1alpha1.TenantControlPlane admin kubeconfig secret')
  const name = `${names.clusterName}-kubeconfig`
  const known = await ownSecret(rest, names, name)
  if (known?.data?.['value'] === value) return
  await write(rest, known, { ...secretOf(names, name, 'kubeconfig', {}), type: clusterSecret, data: { value } })
}

/** All of them, at once: the garbage collector would come to them only after the control plane is gone. */
export async function removeSecrets(rest: KubeRest, { namespace, name, clusterName }: Omit<TenantNames, 'owner'>): Promise<void> {
  const all = [`${clusterName}-ca`, `${clusterName}-kubeconfig`, `${name}-admin-kubeconfig`]
  await Promise.all(all.map((one) => rest.remove(pathOf(namespace, one))))
}

/** A Secret that a namesake, deleted a moment ago, left to the garbage collector is not ours: it is about to vanish. */
async function ownSecret(rest: KubeRest, names: TenantNames, name: string): Promise<Secret | undefined> {
  const secret = await rest.get<Secret>(pathOf(names.namespace, name))
  if (secret === undefined) return undefined
  const controller = secret.metadata.ownerReferences?.find((one) => one.controller)
  if (controller === undefined || controller.uid === names.owner.uid) return secret
  await rest.remove(pathOf(names.namespace, name))
  return undefined
}

async function write(rest: KubeRest, known: Secret | undefined, secret: Secret): Promise<void> {
  const namespace = secret.metadata.namespace ?? ''
  if (known === undefined) {
    await rest.create(`/api/v1/namespaces/${namespace}/secrets`, secret).catch((error: unknown) => {
      // Of someone else's making since we looked: the next pass sees it.
      if (!isConflict(error)) throw error
    })
    return
  }
  // Null deletes: the wish for rotation is fulfilled.
  const metadata = { ...secret.metadata, annotations: { [rotateAnnotation]: null } }
  await rest.merge(pathOf(namespace, secret.metadata.name), { metadata, data: secret.data })
}

function secretOf(names: TenantNames, name: string, kind: 'ca' | 'kubeconfig', data: Record<string, string>): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: names.namespace,
      labels: {
        'cluster.x-k8s.io/cluster-name': names.clusterName,
        'kamaji.clastix.io/component': 'capi',
        'kamaji.clastix.io/secret': kind,
        'kamaji.clastix.io/cluster': names.clusterName,
        'kamaji.clastix.io/tcp': names.name,
      },
      ownerReferences: [names.owner],
    },
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
  }
}

/** Whether the kubeconfig still names this address and its certificate is of this CA. Ours are JSON. */
function usable(kubeconfig: string | undefined, server: string, ca: CertificateAuthority): boolean {
  try {
    const config = JSON.parse(kubeconfig ?? '') as {
      clusters: [{ cluster: { server: string } }]
      users: [{ user: { 'client-certificate-data': string } }]
    }
    const certificate = Buffer.from(config.users[0].user['client-certificate-data'], 'base64').toString()
    return config.clusters[0].cluster.server === server && stillGood(certificate, ca, renewBeforeDays)
  } catch {
    return false
  }
}

function decoded(secret: Secret | undefined, key: string): string | undefined {
  const value = secret?.data?.[key]
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString()
}

function pathOf(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`
}
