import { expect, test } from 'vitest'
import { admitCertificateNames, admitTenantControlPlane } from './admission'

const admit = (version: string, accepted?: string) => () => admitTenantControlPlane('c1', version, accepted)

test('an upgrade goes one minor at a time, never back and never beyond what this Kamaji runs', () => {
  expect(admit('v1.35.2', 'v1.34.1')).not.toThrow()
  expect(admit('v1.35.2', 'v1.33.1')).toThrow(/non-sequential mode/)
  expect(admit('v1.36.0', 'v1.35.2')).toThrow(/greater than the supported one \(v1\.35\)/)
  expect(admit('v1.34.1', 'v1.35.2')).toThrow(/unable to downgrade a TenantControlPlane from 1\.35\.0 to 1\.34\.0/)
})

test('a lower patch of the same minor goes through, as Kamaji compares minors', () => {
  expect(admit('v1.34.1', 'v1.34.3')).not.toThrow()
})

test('a control plane is not created with an unknown version or a name that no Service could have', () => {
  expect(admit('v1.36.0')).toThrow(/unable to create a TenantControlPlane/)
  expect(admit('latest')).toThrow(/unable to parse/)
  expect(() => admitTenantControlPlane('1c', 'v1.34.1', undefined)).toThrow(/DNS-1035/)
})

test('a certificate name carries no port', () => {
  expect(() => admitCertificateNames(['api.example.com', '::1'])).not.toThrow()
  expect(() => admitCertificateNames(['api.example.com:6443'])).toThrow(/host only with no port/)
})
