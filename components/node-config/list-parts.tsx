'use client'
import type { NodeConfig } from '@/lib/node-config/spec'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { TextArea } from '@/components/ui/text-area'
import type { NodeForm } from './node-form'
import { Card, dropped, Part, Remove, replaced } from './part'

/** Commands and time servers: rows of one line. */
export function LinesPart({ form, part, title, one, placeholder, hint }: { form: NodeForm; part: 'preCommands' | 'postCommands' | 'ntpServers'; title: string; one: string; placeholder: string; hint?: string }) {
  const { node, set } = form
  const lines = node[part]
  const put = (next: string[]) => set({ ...node, [part]: next })
  return (
    <Part form={form} part={part} title={title} hint={hint} add={`Add ${one}`} onAdd={() => put([...lines, ''])}>
      {lines.map((line, index) => (
        <div key={index} className="flex gap-2">
          <Input mono aria-label={`${title} ${index + 1}`} value={line} placeholder={placeholder} autoCapitalize="off" onChange={({ currentTarget }) => put(replaced(lines, index, currentTarget.value))} />
          <Remove label={`Remove ${one} ${index + 1}`} onClick={() => put(dropped(lines, index))} />
        </div>
      ))}
    </Part>
  )
}

export function KubeletPart({ form }: { form: NodeForm }) {
  const { node, set } = form
  const args = node.kubeletArgs
  const put = (kubeletArgs: NodeConfig['kubeletArgs']) => set({ ...node, kubeletArgs })
  return (
    <Part form={form} part="kubeletArgs" title="Kubelet arguments" add="Add argument" onAdd={() => put([...args, { name: '', value: '' }])}>
      {args.map(({ name, value }, index) => (
        <div key={index} className="flex gap-2">
          <Input mono aria-label={`Name of kubelet argument ${index + 1}`} placeholder="max-pods" value={name} autoCapitalize="off" onChange={({ currentTarget }) => put(replaced(args, index, { name: currentTarget.value, value }))} />
          <Input mono aria-label={`Value of kubelet argument ${index + 1}`} value={value} autoCapitalize="off" onChange={({ currentTarget }) => put(replaced(args, index, { name, value: currentTarget.value }))} />
          <Remove label={`Remove kubelet argument ${index + 1}`} onClick={() => put(dropped(args, index))} />
        </div>
      ))}
    </Part>
  )
}

export function AuthoritiesPart({ form }: { form: NodeForm }) {
  const { node, set } = form
  const list = node.authorities
  const put = (authorities: NodeConfig['authorities']) => set({ ...node, authorities })
  return (
    <Part form={form} part="authorities" title="Trusted authorities" hint="Certificate authorities that machines trust besides those of their image." add="Add authority" onAdd={() => put([...list, { name: '', pem: '' }])}>
      {list.map((authority, index) => (
        <Card key={index} label={`Authority ${index + 1}`} onRemove={() => put(dropped(list, index))}>
          <Field label="Name"><Input mono value={authority.name} placeholder="company-root" autoCapitalize="off" onChange={({ currentTarget }) => put(replaced(list, index, { ...authority, name: currentTarget.value }))} /></Field>
          <Field label="Certificate">
            <TextArea aria-label={`Certificate of authority ${index + 1}`} rows={4} placeholder="-----BEGIN CERTIFICATE-----" value={authority.pem} onChange={({ currentTarget }) => put(replaced(list, index, { ...authority, pem: currentTarget.value }))} />
          </Field>
        </Card>
      ))}
    </Part>
  )
}

export function MirrorsPart({ form }: { form: NodeForm }) {
  const { node, set } = form
  const list = node.mirrors
  const put = (mirrors: NodeConfig['mirrors']) => set({ ...node, mirrors })
  return (
    <Part form={form} part="mirrors" title="Registry mirrors" hint="containerd asks them first, in this order, then the registry itself. The VM template’s containerd has to read /etc/containerd/certs.d." add="Add mirror" onAdd={() => put([...list, { registry: '', endpoints: [] }])}>
      {list.map(({ registry, endpoints }, index) => (
        <div key={index} className="flex gap-2">
          <Input mono className="max-w-[40%]" aria-label={`Registry ${index + 1}`} placeholder="docker.io" value={registry} autoCapitalize="off" onChange={({ currentTarget }) => put(replaced(list, index, { registry: currentTarget.value.trim(), endpoints }))} />
          <Input mono aria-label={`Mirrors of registry ${index + 1}`} placeholder="https://mirror.example.com" key={endpoints.join()} defaultValue={endpoints.join(', ')} autoCapitalize="off" onBlur={({ currentTarget }) => put(replaced(list, index, { registry, endpoints: currentTarget.value.split(/[\s,;]+/).filter(Boolean) }))} />
          <Remove label={`Remove mirror ${index + 1}`} onClick={() => put(dropped(list, index))} />
        </div>
      ))}
    </Part>
  )
}
