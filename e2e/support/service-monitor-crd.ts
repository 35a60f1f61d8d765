const text = { type: 'string' } as const
const key = { type: 'object', required: ['key'], properties: { key: text, name: text, optional: { type: 'boolean' } } } as const
const secretOrConfigMap = { type: 'object', properties: { secret: key, configMap: key } } as const
const relabelings = {
  type: 'array',
  items: { type: 'object', properties: { action: { type: 'string', enum: ['replace', 'keep', 'drop'] }, regex: text, replacement: text, separator: text, sourceLabels: { type: 'array', items: text }, targetLabel: text } },
} as const

/**
 * The kind ServiceMonitor with those fields alone that a scrape over HTTPS with a token has, in the shape that prometheus-operator gives them
 * (example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml; the whole has 1,500 lines). Under strict validation a field
 * that is not here is refused.
 */
export const serviceMonitorCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { kind: 'ServiceMonitor', listKind: 'ServiceMonitorList', plural: 'servicemonitors', singular: 'servicemonitor', shortNames: ['smon'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['endpoints', 'selector'],
                properties: {
                  selector: { type: 'object', properties: { matchLabels: { type: 'object', additionalProperties: text } } },
                  endpoints: {
                    type: 'array',
                    items: {
                      type: 'object',
                      properties: {
                        authorization: { type: 'object', properties: { type: text, credentials: key } },
                        metricRelabelings: relabelings,
                        path: text,
                        port: text,
                        relabelings,
                        scheme: { type: 'string', enum: ['http', 'https'] },
                        tlsConfig: { type: 'object', properties: { ca: secretOrConfigMap, insecureSkipVerify: { type: 'boolean' }, serverName: text } },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
}
