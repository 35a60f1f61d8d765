import { expect, test } from 'vitest'
import { OFFER_ANNOTATION } from '@/lib/identity/offer'
import { identityOption } from '@/server/management/parse/identity'
import { raw } from '@/server/management/parse/fixtures'

const offer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 't', version: 'v1.35.2' }] }
const identity = (allowedNamespaces: unknown, annotation: string | null = JSON.stringify(offer), metadata = {}) =>
  raw('infrastructure.cluster.x-k8s.io/v1beta2', 'VSphereClusterIdentity', 'vc-south', { metadata: { ...metadata, ...(annotation === null ? {} : { annotations: { [OFFER_ANNOTATION]: annotation } }) }, spec: { secretName: 's', ...(allowedNamespaces === undefined ? {} : { allowedNamespaces }) } })
const kind = (allowed: unknown, labels: Record<string, string> = { team: 'blue' }) => identityOption(identity(allowed), labels).kind

test('without allowedNamespaces nobody may use an identity; with an empty selector everybody', () => {
  expect(kind(undefined)).toBe('not-allowed')
  expect(kind(null)).toBe('not-allowed')
  expect(kind({})).toBe('offered')
  expect(kind({ selector: {} })).toBe('offered')
})

test('labels and expressions must all match', () => {
  expect(kind({ selector: { matchLabels: { team: 'blue' } } })).toBe('offered')
  expect(kind({ selector: { matchLabels: { team: 'green' } } })).toBe('not-allowed')
  const expression = (operator: string, values?: string[], key = 'team') => kind({ selector: { matchLabels: { team: 'blue' }, matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] } })
  expect([expression('In', ['blue', 'red']), expression('In', ['red']), expression('NotIn', ['red']), expression('NotIn', ['blue'])]).toEqual(['offered', 'not-allowed', 'offered', 'not-allowed'])
  expect([expression('Exists'), expression('DoesNotExist'), expression('DoesNotExist', undefined, 'zone'), expression('Exists', undefined, 'toString')]).toEqual(['offered', 'not-allowed', 'offered', 'not-allowed'])
  expect(expression('Gt', ['1'])).toBe('not-allowed')
})

test('the offer comes with the option; a missing, broken or incomplete one is told apart', () => {
  expect(identityOption(identity({}), {})).toEqual({ kind: 'offered', option: { name: 'vc-south', offer } })
  expect(identityOption(identity({}, null), {})).toEqual({ kind: 'no-offer' })
  expect(identityOption(identity({}, '{"server":'), {})).toMatchObject({ kind: 'bad-offer', name: 'vc-south', reason: expect.stringContaining('not JSON') })
  expect(identityOption(identity({}, '{"server":""}'), {})).toMatchObject({ kind: 'bad-offer', reason: expect.stringContaining('datacenter') })
})

test('an identity that is being deleted is offered no more', () => {
  expect(identityOption(identity({}, JSON.stringify(offer), { deletionTimestamp: '2026-11-21T14:00:00Z' }), {}).kind).toBe('not-allowed')
})
