import { unstable_doesMiddlewareMatch as passes } from 'next/experimental/testing/server'
import { expect, test } from 'vitest'
import { config } from '@/proxy'

const through = (url: string): boolean => passes({ config, nextConfig: {}, url })

test.each(['/', '/t/blue/clusters', '/sign-in', '/nowhere', '/api/auth/session', '/favicon.icon', '/healthzz', '/metrics/x', '/favicon_ico', '/api/t/blue/streams', '/api/t/blue/stream/x', '/_next/statics'])('%s gets the policy', (url) => {
  expect(through(url)).toBe(true)
})

test.each(['/_next/static/chunks/a.js', '/favicon.ico', '/api/t/blue/stream', '/healthz', '/readyz', '/metrics'])('%s goes around it', (url) => {
  expect(through(url)).toBe(false)
})
