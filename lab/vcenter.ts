/** The simulated vCenter (lab/go/cluster/vcsim) as a supervised process. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fetch } from 'undici'
import type { VcenterAccess } from './context'
import type { LabPart } from './part'
import type { ControlPlaneOptions, Pki } from './control-plane'
import { tlsAgent } from './kubernetes'
import { loopbackSans, sha1Thumbprint, writePrivate } from './pki'
import type { Inventory } from './vcenter-inventory'
import { versions } from './versions'

const user = 'tenantry@vsphere.local'

export async function startVcenter(options: ControlPlaneOptions, pki: Pki, inventory: Inventory): Promise<{ part: LabPart; vcenter: VcenterAccess }> {
  const dir = join(options.stateDir, 'vcenter')
  const temporary = join(dir, 'tmp')
  // Datastores are built anew at each start; those of a killed simulator would only pile up.
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true, mode: 0o700 })

  const port = await options.ports.take('vcenter')
  const server = `127.0.0.1:${port}`
  const passwordFile = join(dir, 'password')
  const password = await openPassword(passwordFile)
  const inventoryFile = join(dir, 'inventory.json')
  await writePrivate(inventoryFile, JSON.stringify(inventory, null, 2))
  const serving = await pki.pair('vcenter', { cn: 'vcenter.lab.example', sans: loopbackSans, usages: ['server'] })
  const dispatcher = tlsAgent(pki.ca.certPem)
  const part = await options.supervisor.start({
    name: 'vcenter',
    command: join(options.binDir, 'vcsim'),
    args: [
      `--listen=${server}`, `--cert=${serving.certFile}`, `--key=${serving.keyFile}`, `--user=${user}`,
      `--password-file=${passwordFile}`, `--inventory=${inventoryFile}`, `--state=${join(dir, 'machines.json')}`,
    ],
    env: { TMPDIR: temporary },
    version: versions.govmomi,
    probe: async (signal) => (await fetch(`https://${server}/sdk/vimServiceVersions.xml`, { dispatcher, signal })).ok,
  })
  return {
    part,
    vcenter: {
      server,
      url: `https://${server}`,
      user,
      password,
      passwordFile,
      thumbprint: sha1Thumbprint(serving.certPem),
      caFile: pki.caFile,
    },
  }
}

async function openPassword(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    const password = randomBytes(18).toString('base64url')
    await writePrivate(file, password)
    return password
  }
}
