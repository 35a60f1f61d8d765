import { parseAllDocuments } from 'yaml'
import { describe, expect, test } from 'vitest'
import { emptiedSet, OPT_OUT, podProxyObjects, podProxyOutdated, type ProxySettings } from '@/lib/addons/pod-proxy'
import { addOnProblems } from '@/lib/addons/rules'
import { settingsOf } from '@/lib/addons/view'
import { dig } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'

const settings: ProxySettings = { name: 'proxy', url: 'http://proxy.example.com:3128', noProxy: 'localhost, .svc\n10.96.0.0/16' }
const rendered = (kubernetes = 'v1.35.2') => podProxyObjects({ tenant: 'blue', cluster: 'c' }, settings, kubernetes)
const set = (kubernetes?: string) => rendered(kubernetes).find(({ kind }) => kind === 'ClusterResourceSet') ?? expect.fail()
const inside = (kubernetes?: string) => parseAllDocuments(String(dig(rendered(kubernetes)[0], 'data', 'objects.yaml'))).map((document) => document.toJS() as KubeObject)

describe('the policy', () => {
  test('is in the version that the cluster’s API server takes', () => {
    expect(inside('v1.34.0').map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual(['admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy', 'admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding'])
    expect(inside('v1.36.0').map(({ apiVersion }) => apiVersion)).toEqual(['admissionregistration.k8s.io/v1', 'admissionregistration.k8s.io/v1'])
    expect(() => rendered('v1.33.1')).toThrow(/no MutatingAdmissionPolicy/)
  })

  test('has each variable in both spellings', () => {
    const [policy, binding] = inside()
    const expression = String(dig(policy, 'spec', 'variables', '0', 'expression'))
    expect(JSON.parse(expression)).toEqual([
      ...['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'].map((name) => ({ name, value: settings.url })),
      ...['NO_PROXY', 'no_proxy'].map((name) => ({ name, value: 'localhost,.svc,10.96.0.0/16' })),
    ])
    expect(dig(binding, 'spec')).toEqual({ policyName: policy?.metadata.name })
  })

  test('leaves out kube-system and who opts out, and stops no Pod', () => {
    const spec = dig(inside()[0], 'spec')
    expect(spec).toMatchObject({ failurePolicy: 'Ignore', reinvocationPolicy: 'IfNeeded' })
    const out = { key: OPT_OUT.key, operator: 'NotIn', values: [OPT_OUT.value] }
    expect(dig(spec, 'matchConstraints', 'namespaceSelector', 'matchExpressions')).toEqual([{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }, out])
    expect(dig(spec, 'matchConstraints', 'objectSelector', 'matchExpressions')).toEqual([out])
  })
})

describe('its ClusterResourceSet', () => {
  test('remembers the settings, and says when it is for another version', () => {
    expect(settingsOf(set(), 'proxy')).toEqual(settings)
    expect(podProxyOutdated(set(), 'v1.35.2', 'enough')).toEqual([])
    expect(podProxyOutdated(set(), 'v1.36.0', 'enough')).toEqual(['The policy is written for another version of Kubernetes than 1.36.0.'])
    expect(podProxyOutdated(set(), 'v1.35.2', 'missing')).toEqual([expect.stringContaining('Pods get no proxy')])
  })

  test('carries nothing while it is taken out, and nobody takes that for whole', () => {
    const emptied = emptiedSet(set())
    expect(emptied.spec).toEqual({ ...set().spec, resources: [{ kind: 'ConfigMap', name: 'c-pod-proxy-none' }] })
    expect(podProxyOutdated(emptied, 'v1.35.2', 'enough')).toEqual([expect.stringContaining('was to be removed')])
  })
})

describe('what is refused', () => {
  const said = (change: Partial<ProxySettings>, kubernetes = 'v1.35.2') => Object.fromEntries(addOnProblems({ ...settings, ...change }, kubernetes).map(({ path, message }) => [path.join('.'), message]))
  test('nothing of a proxy without a password', () => expect(said({})).toEqual({}))
  test('a password, which is not said again', () => {
    for (const url of ['http://ada:secret@proxy:3128', 'ada:secret@proxy']) {
      expect(said({ url }).url).toMatch(/without user name and password/)
      expect(JSON.stringify(said({ url }))).not.toContain('secret')
    }
  })
  test('no URL, and no network', () => {
    expect(said({ url: '' }).url).toBe('Give the proxy’s URL.')
    expect(said({ url: 'socks5://proxy:1080' }).url).toMatch(/is not a proxy’s URL/)
    expect(said({ noProxy: 'localhost,"; rm' }).noProxy).toMatch(/neither a name/)
  })
  test('an older Kubernetes, with the reason', () => expect(said({}, 'v1.33.4')).toEqual({ url: expect.stringContaining('1.34 or newer') }))
})
