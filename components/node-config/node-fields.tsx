'use client'
import { FilesPart } from './files-part'
import { AuthoritiesPart, KubeletPart, LinesPart, MirrorsPart } from './list-parts'
import type { NodeForm } from './node-form'
import { ProxyPart } from './proxy-part'
import { UsersPart } from './users-part'

/** How a machine is set up, in the order of what people look for. */
export function NodeFields({ form }: { form: NodeForm }) {
  return (
    <div className="space-y-6">
      <ProxyPart form={form} />
      <UsersPart form={form} />
      <FilesPart form={form} />
      <LinesPart form={form} part="preCommands" title="Commands before joining" one="command" placeholder="sysctl -w vm.max_map_count=262144" hint="Run as root before kubeadm, once, in this order." />
      <LinesPart form={form} part="postCommands" title="Commands after joining" one="command" placeholder="touch /var/lib/joined" hint="Run as root after the machine has joined." />
      <LinesPart form={form} part="ntpServers" title="Time servers" one="time server" placeholder="time.example.com" />
      <KubeletPart form={form} />
      <AuthoritiesPart form={form} />
      <MirrorsPart form={form} />
    </div>
  )
}
