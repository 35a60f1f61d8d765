import { expect, test } from 'vitest'
import { leftBehindSecret, SECRET_PROTECTION } from '@/lib/doctor/left-behind'

const metadata = { name: 'blue-1-datastore-config', deletionTimestamp: '2026-11-21T14:00:00Z', finalizers: [SECRET_PROTECTION], ownerReferences: [{ apiVersion: 'v1', kind: 'TenantControlPlane', name: 'blue-1', uid: 'plane' }] }
const look = (more: object = {}, hosted: readonly string[] = []) => leftBehindSecret('blue-1', { metadata: { ...metadata, ...more } }, (uid) => hosted.includes(uid))

test('a Secret whose control plane is gone is left behind; one of another control plane by that name does not keep it', () => {
  const left = { is: 'secret', name: 'blue-1', secret: 'blue-1-datastore-config', since: '2026-11-21T14:00:00Z' }
  expect([look(), look({}, ['successor']), look({ finalizers: ['example.com/keep', SECRET_PROTECTION] }), look({ ownerReferences: undefined })]).toEqual([left, left, left, left])
})

test('it is not while Kamaji needs it, while nobody has asked it to go, or when others keep it', () => {
  expect([look({}, ['plane']), look({ deletionTimestamp: undefined }), look({ finalizers: ['example.com/keep'] }), look({ finalizers: undefined })]).toEqual([null, null, null, null])
})
