import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCa, createServiceAccountKeys, issueCert, loopbackSans, readPair, sha1Thumbprint, stillGood, writePair } from './pki'

test('a serving certificate verifies against its authority and names loopback', async () => {
  const ca = await createCa('lab')
  const pair = await issueCert(ca, { cn: 'kube-apiserver', sans: [...loopbackSans], usages: ['server'] })
  const certificate = new X509Certificate(pair.certPem)
  const authority = new X509Certificate(ca.certPem)
  expect(authority.ca).toBe(true)
  expect(certificate.ca).toBe(false)
  expect(certificate.verify(authority.publicKey)).toBe(true)
  expect(certificate.checkIssued(authority)).toBe(true)
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.checkPrivateKey(createPrivateKey(pair.keyPem))).toBe(true)
})

test('a client certificate carries the user as CN and each group as O', async () => {
  const ca = await createCa('lab')
  const pair = await issueCert(ca, { cn: 'ada', o: ['system:masters', 'team'], usages: ['client'] })
  const { subject, keyUsage } = new X509Certificate(pair.certPem)
  expect(subject.split('\n')).toEqual(['O=system:masters', 'O=team', 'CN=ada'])
  expect(keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
})

test('a certificate is issued anew when it is of another authority or ends soon', async () => {
  const [ca, other] = await Promise.all([createCa('lab'), createCa('lab')])
  const pair = await issueCert(ca, { cn: 'x', usages: ['server'], days: 40 })
  expect(stillGood(pair.certPem, ca, 30)).toBe(true)
  expect(stillGood(pair.certPem, ca, 60)).toBe(false)
  expect(stillGood(pair.certPem, other, 30)).toBe(false)
})

test('the thumbprint is the one that vCenter shows', async () => {
  const { certPem } = await createCa('lab')
  expect(sha1Thumbprint(certPem)).toBe(new X509Certificate(certPem).fingerprint)
})

test('a written pair is read back and is its owner’s alone', async () => {
  const base = join(await mkdtemp(join(tmpdir(), 'pki-')), 'pair')
  expect(await readPair(base)).toBeUndefined()
  const ca = await createCa('lab')
  await writePair(base, ca)
  expect(await readPair(base)).toEqual(ca)
  expect((await stat(`${base}.key`)).mode & 0o777).toBe(0o600)
})

test('the ServiceAccount keys are a pair', () => {
  const { privatePem, publicPem } = createServiceAccountKeys()
  expect(privatePem).toContain('BEGIN PRIVATE KEY')
  expect(publicPem).toContain('BEGIN PUBLIC KEY')
})
