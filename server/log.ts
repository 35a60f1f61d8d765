import 'server-only'
import { pino } from 'pino'

/**
 * One line of JSON an event, to stdout. Nothing is logged by spreading a request or an object of Kubernetes: the paths below
 * are the second line of defence, not the first.
 */
export const log = pino({
  level: process.env['LOG_LEVEL'] || 'info',
  base: null,
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (label) => ({ level: label }) },
  redact: {
    paths: ['token', 'password', 'secret', 'cookie', 'kubeconfig', 'authorization', '*.token', '*.password', '*.secret', '*.cookie', '*.kubeconfig', '*.authorization', '*.headers', 'err.config', 'err.request', 'err.response', 'err.options'],
    censor: '[redacted]',
  },
})
