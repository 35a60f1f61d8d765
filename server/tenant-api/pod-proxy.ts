import 'server-only'
import { POD_PROXY } from '@/lib/addons/pod-proxy'
import { POLICY_GROUP } from '@/lib/addons/policy-version'
import { unreachable } from '@/server/tenant-api/access'
import { assertEndpoint } from '@/server/tenant-api/endpoint'
import { isStatusError } from '@/server/management/status'
import { transportFromText, type Transport } from '@/server/management/transport'

const TIMEOUT_MS = 10_000

/** Without its binding a policy does nothing. */
const PLURALS = ['mutatingadmissionpolicybindings', 'mutatingadmissionpolicies'] as const
const VERSIONS = ['v1', 'v1beta1'] as const

/**
 * Takes the proxy's policy and its binding out of the tenant cluster, with its admin kubeconfig, which never leaves this function. What is gone
 * already is fine, and so is a version that is not served.
 * @param dryRun asks whether it can be done, and does not do it
 * @throws AppError 'conflict' when the kubeconfig names another server; 'not-ready' when the API does not answer
 */
export async function deletePodProxy(admin: string, of: Parameters<typeof assertEndpoint>[1], { dryRun }: { readonly dryRun: boolean }): Promise<void> {
  const transport = transportFromText(admin)
  try {
    assertEndpoint(transport.server.url, of)
    for (const plural of PLURALS) for (const version of VERSIONS) await remove(transport, `/apis/${POLICY_GROUP}/${version}/${plural}/${POD_PROXY}`, dryRun)
  } catch (error) {
    throw unreachable(error, of.cluster)
  } finally {
    await transport.close()
  }
}

async function remove(transport: Transport, path: string, dryRun: boolean): Promise<void> {
  try {
    await transport.json({ method: 'DELETE', path, query: { dryRun: dryRun ? 'All' : undefined }, timeoutMs: TIMEOUT_MS })
  } catch (error) {
    if (!isStatusError(error) || error.code !== 404) throw error
  }
}
