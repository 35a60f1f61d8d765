/**
 * What kustomize and cert-manager do to the providers' manifests in a real installation, done for processes on loopback: no
 * Service exists there, so each webhook is named by URL with the lab's CA.
 */
import type { CustomResourceDefinition, ProviderName, WebhookConfiguration } from './manifests'
import type { Profile } from './profiles'

/**
 * CAPV v1.16.1 serves two versions of VSphereClusterIdentity and answers no conversion for it: with the webhook set, every read would
 * fail.
 */
const withoutConversion = new Set(['VSphereClusterIdentity'])

export interface WebhookEndpoint {
  readonly port: number
  readonly caPem: string
}

/** The CRD as the lab applies it. `endpoint` is undefined for a provider without webhooks. */
export function patchCrd(
  crd: CustomResourceDefinition,
  provider: ProviderName,
  endpoint: WebhookEndpoint | undefined,
  contracts: Profile['contracts'],
): CustomResourceDefinition {
  const { names, versions } = crd.spec
  const converts = endpoint !== undefined && versions.length > 1 && !withoutConversion.has(names.kind)
  return {
    ...crd,
    metadata: { ...crd.metadata, labels: { ...crd.metadata.labels, ...contracts[provider] } },
    spec: {
      ...crd.spec,
      // Whatever the module says here names a Service, which the lab has none of.
      conversion: converts
        ? {
            strategy: 'Webhook',
            webhook: { conversionReviewVersions: ['v1', 'v1beta1'], clientConfig: clientConfigOf(endpoint, '/convert') },
          }
        : { strategy: 'None' },
    },
  }
}

/** The webhook configuration with a name of its own (in the modules all are called the same) and URLs on loopback. */
export function patchWebhooks(
  configuration: WebhookConfiguration,
  provider: ProviderName,
  endpoint: WebhookEndpoint,
): WebhookConfiguration {
  return {
    ...configuration,
    metadata: { ...configuration.metadata, name: `${provider}-${configuration.metadata.name}` },
    webhooks: configuration.webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: clientConfigOf(endpoint, webhook.clientConfig.service?.path ?? '/'),
    })),
  }
}

/** Paths, to ask each hook once whether it answers. */
export function webhookPaths(configurations: readonly WebhookConfiguration[]): readonly string[] {
  return configurations.flatMap(({ webhooks }) => webhooks.map((webhook) => webhook.clientConfig.service?.path ?? '/'))
}

function clientConfigOf(endpoint: WebhookEndpoint, path: string) {
  return { url: `https://127.0.0.1:${endpoint.port}${path}`, caBundle: Buffer.from(endpoint.caPem).toString('base64') }
}
