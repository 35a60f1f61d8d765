/**
 * Certificates of the lab and of its tenant clusters: ECDSA P-256, written as PEM. No openssl command: a newcomer's machine
 * may have none, and macOS has another one.
 */
// First: @peculiar/x509 throws at load without it.
import 'reflect-metadata' // @peculiar/x509's container asks for it when it is loaded
import * as x509 from '@peculiar/x509'
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname } from 'node:path'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) } as const
const dayMs = 24 * 60 * 60 * 1000
/** Clocks of two processes on one machine agree, but a certificate valid from this very second has failed under load. */
const backdateMs = 60 * 60 * 1000

export interface CertificatePair {
  readonly certPem: string
  /** PKCS#8. */
  readonly keyPem: string
}

export type CertificateAuthority = CertificatePair

export type CertificateUsage = 'server' | 'client'

export interface CertificateRequest {
  /** Kubernetes and etcd read a client certificate's CN as the user name; empty: it has none. */
  readonly cn: string
  /** Kubernetes reads each O as a group. */
  readonly o?: readonly string[]
  /** Addresses and DNS names; told apart here. */
  readonly sans?: readonly string[]
  readonly usages: readonly CertificateUsage[]
  readonly days?: number
}

/** SANs of everything that listens on this machine only. */
export const loopbackSans = ['127.0.0.1', 'localhost'] as const

/** A self-signed authority, whose key is of the lab's kind. */
export const createCa = (cn: string): Promise<CertificateAuthority> => createCaOf(algorithm, cn)

/** One for programs that read an authority's key in PKCS#1 only, which is RSA's: see `pkcs1Of`. */
export const createRsaCa = (cn: string): Promise<CertificateAuthority> => createCaOf(rsa, cn)

export const pkcs1Of = ({ keyPem }: CertificatePair): string => createPrivateKey(keyPem).export({ type: 'pkcs1', format: 'pem' }).toString()

async function createCaOf(kind: typeof algorithm | typeof rsa, cn: string, days = 3650): Promise<CertificateAuthority> {
  const keys = (await crypto.subtle.generateKey(kind, true, ['sign', 'verify'])) as CryptoKeyPair
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ CN: [cn] }],
      notBefore: new Date(Date.now() - backdateMs),
      notAfter: new Date(Date.now() + days * dayMs),
      signingAlgorithm: kind,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  )
  return { certPem: pem(certificate), keyPem: await privateKeyPem(keys.privateKey) }
}

/** A certificate signed by `ca`, with a key of its own. */
export async function issueCert(ca: CertificateAuthority, request: CertificateRequest): Promise<CertificatePair> {
  const issuer = new x509.X509Certificate(ca.certPem)
  const signing = createPrivateKey(ca.keyPem).asymmetricKeyType === 'rsa' ? rsa : algorithm
  const signingKey = await crypto.subtle.importKey('pkcs8', pemToDer(ca.keyPem), signing, false, ['sign'])
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const sans = request.sans ?? []
  const name: x509.JsonName = [
    ...(request.o ?? []).map((organization) => ({ O: [organization] })),
    ...(request.cn === '' ? [] : [{ CN: [request.cn] }]),
  ]
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: name,
      issuer: issuer.subjectName.toJSON(),
      notBefore: new Date(Date.now() - backdateMs),
      notAfter: new Date(Date.now() + (request.days ?? 365) * dayMs),
      signingAlgorithm: signing,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension(
          request.usages.map((usage) => x509.ExtendedKeyUsage[usage === 'server' ? 'serverAuth' : 'clientAuth']),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
        ...(sans.length === 0
          ? []
          : [
              new x509.SubjectAlternativeNameExtension(
                sans.map((value): x509.JsonGeneralName => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
              ),
            ]),
      ],
    },
    crypto,
  )
  return { certPem: pem(certificate), keyPem: await privateKeyPem(keys.privateKey) }
}

/** The pair that signs and verifies ServiceAccount tokens. */
export function createServiceAccountKeys(): { readonly privatePem: string; readonly publicPem: string } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    privatePem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** `AA:BB:..`, as vCenter shows it and CAPV pins it. */
export function sha1Thumbprint(certPem: string): string {
  const hex = createHash('sha1').update(new X509Certificate(certPem).raw).digest('hex').toUpperCase()
  return hex.match(/../g)?.join(':') ?? ''
}

/** True when the certificate is signed by `ca` and stays valid for `days` more: otherwise it must be issued anew. */
export function stillGood(certPem: string, ca: CertificateAuthority, days: number): boolean {
  const certificate = new X509Certificate(certPem)
  return (
    certificate.verify(new X509Certificate(ca.certPem).publicKey) &&
    Date.parse(certificate.validTo) > Date.now() + days * dayMs
  )
}

/** Writes a file that only its owner reads, whole or not at all: a lab killed half-way must find no half key. */
export async function writePrivate(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, content, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, path)
}

/** `<base>.crt` and `<base>.key` as they were left by an earlier start, or undefined. */
export async function readPair(base: string): Promise<CertificatePair | undefined> {
  try {
    const [certPem, keyPem] = await Promise.all([readFile(`${base}.crt`, 'utf8'), readFile(`${base}.key`, 'utf8')])
    return { certPem, keyPem }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Key first: a certificate without its key would be taken for a whole pair. */
export async function writePair(base: string, pair: CertificatePair): Promise<void> {
  await writePrivate(`${base}.key`, pair.keyPem)
  await writePrivate(`${base}.crt`, pair.certPem)
}

function serialNumber(): string {
  const bytes = randomBytes(16)
  // Positive and without a leading zero byte: Go refuses a negative serial.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

async function privateKeyPem(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END PRIVATE KEY-----\n`
}

function pemToDer(text: string): Uint8Array<ArrayBuffer> {
  const base64 = text.replace(/-----[^-]+-----/g, '').replace(/\s/g, '')
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
