import { base64 } from '@/lib/addons/config'
import { ADD_ON_LABEL, names, SERVICE_MONITOR_ANNOTATION, SETTINGS_ANNOTATION } from '@/lib/addons/names'
import { labelsOf, roleBinding, tenantObjects, type AddOnPlace } from '@/lib/addons/objects'
import type { AddOnSettings } from '@/lib/addons/spec'
import type { MetricsPlatform } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL, metadata } from '@/lib/manifests/labels'

/** Of the chart (chart/rbac/portal.yaml): what a scraper may look at in a tenant's Namespace to find its targets. */
export const SCRAPER_ROLE = 'tenantry:metrics-scraper'
/** A bootstrap token's id. One for each tenant cluster, always this: another state of it takes its place. */
const TOKEN_ID = 'metric'
/** The API server takes only groups that begin so from a token (k8s.io/cluster-bootstrap token/api/types.go). */
const GROUP = 'system:bootstrappers:tenantry:metrics'
const RBAC = 'rbac.authorization.k8s.io'
/** What kube-prometheus-stack looks for unless it was told otherwise, and what the chart writes. */
const USUAL_LABELS = { release: 'kube-prometheus-stack' }
const TOKEN_KEY = 'token'

/** Ports in the control plane's Pods (kamaji internal/builders/controlplane/deployment.go; the others are Kubernetes' own defaults). */
const endpoints = (apiPort: number) => [
  { name: 'kube-apiserver', port: apiPort },
  { name: 'kube-controller-manager', port: 10257 },
  { name: 'kube-scheduler', port: 10259 },
]

type MetricsSettings = Extract<AddOnSettings, { name: 'metrics' }>

export interface MetricsContext {
  readonly apiPort: number
  readonly serviceMonitors: boolean
  readonly scrapeSecret: string | null
  readonly platform: MetricsPlatform
}

/**
 * What it takes to read the metrics of a hosted control plane: a Service, a ServiceMonitor where that kind is there, and a token. The
 * chart has Prometheus sign in with the API server's kubelet client certificate, which is an admin of the tenant cluster, and lets it read
 * every Secret of the Namespace. Here the tenant cluster knows a bootstrap token (Kamaji switches them on) whose group may read
 * `/metrics` and nothing else; controller manager and scheduler ask the API server who it is.
 */
export function metricsObjects(place: AddOnPlace, settings: MetricsSettings, { apiPort, serviceMonitors, scrapeSecret, platform }: MetricsContext): readonly KubeObject[] {
  const { cluster } = place
  const name = names.metrics(cluster)
  const annotations = { [SETTINGS_ANNOTATION]: JSON.stringify(settings), [SERVICE_MONITOR_ANNOTATION]: String(serviceMonitors) }
  const access = { name: names.metricsAccess(cluster), objects: readAccess() }
  const signIn = scrapeSecret === null ? [] : [{ name: names.metricsAccess(cluster), objects: [bootstrapToken(scrapeSecret)], secret: true }]
  return [
    ...(scrapeSecret === null ? [] : [token(place, scrapeSecret)]),
    service(place, apiPort),
    // Without any account there is a binding all the same: one that is named no more loses its right.
    roleBinding(place, 'metrics', name, SCRAPER_ROLE, accounts(settings.scraper || platform.scraper)),
    ...(serviceMonitors ? [serviceMonitor(place, apiPort, platform.labels ?? USUAL_LABELS)] : []),
    ...tenantObjects(place, 'metrics', name, [access, ...signIn], annotations),
  ]
}

function accounts(scraper: string | undefined): { namespace: string; name: string }[] {
  const [namespace, name] = (scraper ?? '').split('/')
  return namespace && name ? [{ namespace, name }] : []
}

const token = (place: AddOnPlace, secret: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: metadata(place, names.metricsToken(place.cluster), labelsOf('metrics')),
  type: 'Opaque',
  data: { [TOKEN_KEY]: base64(`${TOKEN_ID}.${secret}`) },
})

/** Without an address of its own: scrapers go to each Pod. */
const service = (place: AddOnPlace, apiPort: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(place, names.metrics(place.cluster), labelsOf('metrics')),
  spec: {
    clusterIP: 'None',
    // Kamaji's label on the Pods: the TenantControlPlane's name, which is the cluster's.
    selector: { 'kamaji.clastix.io/name': place.cluster },
    ports: endpoints(apiPort).map(({ name, port }) => ({ name, port, protocol: 'TCP', targetPort: port })),
  },
})

/** prometheus-operator pkg/apis/monitoring/v1/servicemonitor_types.go. */
function serviceMonitor(place: AddOnPlace, apiPort: number, labels: Readonly<Record<string, string>>): KubeObject {
  const { cluster } = place
  const own = metadata(place, names.metrics(cluster), labelsOf('metrics'))
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    // The portal's own win: by them it may write this.
    metadata: { ...own, labels: { ...labels, ...own.labels } },
    spec: {
      selector: { matchLabels: { [CLUSTER_NAME_LABEL]: cluster, [ADD_ON_LABEL]: 'metrics' } },
      endpoints: endpoints(apiPort).map(({ name }) => ({
        port: name,
        scheme: 'https',
        path: '/metrics',
        authorization: { credentials: { name: names.metricsToken(cluster), key: TOKEN_KEY } },
        // The other two make themselves a certificate at each start, which nobody can verify.
        tlsConfig: name === 'kube-apiserver' ? { ca: { secret: { name: names.ca(cluster), key: 'tls.crt' } }, serverName: 'kubernetes.default.svc' } : { insecureSkipVerify: true },
        relabelings: [{ action: 'replace', targetLabel: 'cluster', replacement: cluster }, { action: 'replace', targetLabel: 'job', replacement: name.replace('kube-apiserver', 'apiserver') }],
        ...(name === 'kube-apiserver' ? { metricRelabelings: [FEWER_BUCKETS] } : {}),
      })),
    },
  }
}

/** Half of an API server's series are these; the ones that are left are enough for its usual dashboards. */
const FEWER_BUCKETS = {
  action: 'drop',
  sourceLabels: ['__name__', 'le'],
  regex: 'apiserver_request(?:_sli)?_duration_seconds_bucket;(?:0.15|0.2|0.3|0.35|0.4|0.45|0.6|0.7|0.8|0.9|1.25|1.5|1.75|2|3|3.5|4|4.5|6|7|8|9|15|20|25|40|50)',
}

/** In the tenant cluster. */
const readAccess = (): readonly KubeObject[] => [
  { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: 'tenantry:metrics' }, rules: [{ nonResourceURLs: ['/metrics', '/metrics/*'], verbs: ['get'] }] },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'tenantry:metrics' },
    subjects: [{ kind: 'Group', apiGroup: RBAC, name: GROUP }],
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'tenantry:metrics' },
  },
]

/** Not for signing or joining: `usage-bootstrap-authentication` alone. Without an expiration it stays. */
const bootstrapToken = (secret: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `bootstrap-token-${TOKEN_ID}`, namespace: 'kube-system' },
  type: 'bootstrap.kubernetes.io/token',
  data: Object.fromEntries(Object.entries({
    'token-id': TOKEN_ID,
    'token-secret': secret,
    'usage-bootstrap-authentication': 'true',
    'auth-extra-groups': GROUP,
    description: 'Reads metrics of the control plane.',
  }).map(([key, value]) => [key, base64(value)])),
})
