import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGuestMetadata } from '@/lab/guest-metadata'
import { SILENT_KUBELET } from '@/lab/node-agent'
import { connectVsphere } from '@/lab/vsphere-soap'
import type { LabFacts } from './lab'

/** Names of every VM in the lab's vCenter that is no template. */
export const vmNames = (facts: LabFacts): Promise<string[]> => inVcenter(facts, async (vsphere) => (await vsphere.list()).map(({ name }) => name))

/** The machine stays on, and its Node is not heard of any more: as when a kubelet has died. */
export const silenceKubelet = (facts: LabFacts, name: string): Promise<void> =>
  inVcenter(facts, async (vsphere) => {
    const machine = (await vsphere.list()).find((one) => one.name === name)
    if (machine === undefined) throw new Error(`vCenter has no ${name}`)
    await vsphere.setExtraConfig(machine.id, SILENT_KUBELET, 'true')
  })

/** The network devices that CAPV told a machine's guest, as netplan takes them. */
export const guestDevices = (facts: LabFacts, name: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  inVcenter(facts, async (vsphere) => readGuestMetadata((await vsphere.list()).find((one) => one.name === name)?.extraConfig ?? new Map())?.ethernets ?? [])

async function inVcenter<Answer>(facts: LabFacts, ask: (vsphere: Awaited<ReturnType<typeof connectVsphere>>) => Promise<Answer>): Promise<Answer> {
  const { server, user, passwordFile, thumbprint } = facts.vcenter
  const vsphere = await connectVsphere({
    server, url: `https://${server}`, user, password: readFileSync(passwordFile, 'utf8').trim(), passwordFile, thumbprint,
    caFile: join(facts.stateDir, 'pki', 'ca.crt'),
  })
  try {
    return await ask(vsphere)
  } finally {
    await vsphere.close()
  }
}
