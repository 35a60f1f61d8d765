import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectVsphere } from '@/lab/vsphere-soap'
import type { LabFacts } from './lab'

/** Names of every VM in the lab's vCenter that is no template. */
export async function vmNames(facts: LabFacts): Promise<string[]> {
  const { server, user, passwordFile, thumbprint } = facts.vcenter
  const vsphere = await connectVsphere({
    server, url: `https://${server}`, user, password: readFileSync(passwordFile, 'utf8').trim(), passwordFile, thumbprint,
    caFile: join(facts.stateDir, 'pki', 'ca.crt'),
  })
  try {
    return (await vsphere.list()).map((machine) => machine.name)
  } finally {
    await vsphere.close()
  }
}
