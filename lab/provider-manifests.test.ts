import { expect, test } from 'vitest'
import type { CustomResourceDefinition, WebhookConfiguration } from './manifests'
import { type Profile, profiles } from './profiles'
import { patchCrd, patchWebhooks, webhookPaths } from './provider-manifests'

const endpoint = { port: 20_123, caPem: 'CA' }

function crd(kind: string, versions: string[]): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: kind.toLowerCase(), labels: { kept: 'yes' } },
    spec: {
      group: 'example.org',
      names: { kind, plural: `${kind.toLowerCase()}s` },
      versions: versions.map((name, index) => ({ name, served: true, storage: index === 0 })),
    },
  }
}

const configuration: WebhookConfiguration = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'mutating-webhook-configuration' },
  webhooks: [{ name: 'default.cluster', clientConfig: { service: { path: '/mutate-cluster' } } }],
}

test('a CRD of several versions converts over loopback with the lab’s CA', () => {
  const { spec, metadata } = patchCrd(crd('VSphereCluster', ['v1beta2', 'v1beta1']), 'capv', endpoint, profiles.default.contracts)
  expect(spec.conversion).toEqual({
    strategy: 'Webhook',
    webhook: {
      conversionReviewVersions: ['v1', 'v1beta1'],
      clientConfig: { url: 'https://127.0.0.1:20123/convert', caBundle: Buffer.from('CA').toString('base64') },
    },
  })
  expect(metadata.labels).toEqual({ kept: 'yes', 'cluster.x-k8s.io/v1beta1': 'v1beta1', 'cluster.x-k8s.io/v1beta2': 'v1beta2' })
})

test('VSphereClusterIdentity has no conversion webhook to name', () => {
  expect(patchCrd(crd('VSphereClusterIdentity', ['v1beta2', 'v1beta1']), 'capv', endpoint, profiles.default.contracts).spec.conversion).toEqual({ strategy: 'None' })
})

test('a CRD of one version needs no conversion', () => {
  expect(patchCrd(crd('VSphereVM', ['v1beta2']), 'capv', endpoint, profiles.default.contracts).spec.conversion).toEqual({ strategy: 'None' })
})

test('KamajiControlPlane answers to the contract that its profile’s provider knows', () => {
  const labels = (version: string, { contracts }: Profile) => patchCrd(crd('KamajiControlPlane', [version]), 'kamaji-provider', undefined, contracts).metadata.labels
  expect(labels('v1alpha2', profiles.default)).toEqual({ kept: 'yes', 'cluster.x-k8s.io/v1beta2': 'v1alpha2' })
  expect(labels('v1alpha1', profiles.kamaji)).toEqual({ kept: 'yes', 'cluster.x-k8s.io/v1beta1': 'v1alpha1' })
})

test('webhook configurations of two providers do not overwrite each other', () => {
  const [capi, capv] = [patchWebhooks(configuration, 'capi', endpoint), patchWebhooks(configuration, 'capv', endpoint)]
  expect(capi.metadata.name).not.toBe(capv.metadata.name)
  expect(capi.webhooks[0]?.clientConfig).toEqual({
    url: 'https://127.0.0.1:20123/mutate-cluster',
    caBundle: Buffer.from('CA').toString('base64'),
  })
  expect(webhookPaths([configuration])).toEqual(['/mutate-cluster'])
})
