import { expect, test } from 'vitest'
import { parseEnv } from '@/server/env'

const good = {
  NEXTAUTH_URL: 'https://portal.example', NEXTAUTH_SECRET: 's'.repeat(32), OIDC_ISSUER: 'https://idp.example', OIDC_CLIENT_ID: 'tenantry',
  OIDC_CLIENT_SECRET: 'hush', TENANTRY_DATA_DIR: '/data',
}

test('a complete environment is read, with defaults', () => {
  const env = parseEnv({ ...good, TENANTRY_GROUPS: ' team-blue, platform ,' })
  expect(env.TENANTRY_GROUPS).toEqual(['team-blue', 'platform'])
  expect([env.OIDC_USERNAME_CLAIM, env.OIDC_GROUPS_CLAIM, env.TENANTRY_SESSION_HOURS, env.TENANTRY_KUBECONFIG_HOURS]).toEqual(['email', 'groups', 8, 8])
})

test('an empty environment names every variable that is missing, and what to put there', () => {
  for (const name of Object.keys(good)) expect(() => parseEnv({})).toThrow(`${name}: `)
  expect(() => parseEnv({})).toThrow('openssl rand -base64 32')
})

test('a wrong secret is never repeated in the message', () => {
  const secret = 'too-short-but-real'
  expect(() => parseEnv({ ...good, NEXTAUTH_SECRET: secret })).toThrow(/NEXTAUTH_SECRET: at least 32/)
  try {
    parseEnv({ ...good, NEXTAUTH_SECRET: secret })
  } catch (error) {
    expect(String(error)).not.toContain(secret)
  }
})

test.each(['system:masters', 'a b'])('the group %s is refused', (group) => {
  expect(() => parseEnv({ ...good, TENANTRY_GROUPS: group })).toThrow('TENANTRY_GROUPS')
})

test('an empty variable counts as unset', () => {
  expect(parseEnv({ ...good, LOG_LEVEL: '', TENANTRY_KUBECONFIG: '' }).LOG_LEVEL).toBe('info')
})

test('a token of the metrics that anybody could guess is refused; none is allowed', () => {
  expect(() => parseEnv({ ...good, TENANTRY_METRICS_TOKEN: 'short' })).toThrow('TENANTRY_METRICS_TOKEN')
  expect(parseEnv({ ...good, TENANTRY_METRICS_TOKEN: '' }).TENANTRY_METRICS_TOKEN).toBeUndefined()
})
