'use client'
import type { NodeFile } from '@/lib/node-config/spec'
import { OWN_SECRET } from '@/lib/node-config/rules/secrets'
import { three, two } from '@/components/create/form-section'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Segmented } from '@/components/ui/segmented'
import { Switch } from '@/components/ui/switch'
import { TextArea } from '@/components/ui/text-area'
import type { NodeForm } from './node-form'
import { Card, dropped, Part, replaced } from './part'

const NEW: NodeFile = { path: '', owner: 'root:root', permissions: '0644', append: false, content: { kind: 'text', text: '' } }
const CLOUD_INIT: NodeFile = { ...NEW, path: '/etc/cloud/cloud.cfg.d/99-custom.cfg', content: { kind: 'text', text: '#cloud-config\n' } }

export function FilesPart({ form }: { form: NodeForm }) {
  const { node, set } = form
  const put = (files: NodeFile[]) => set({ ...node, files })
  return (
    <Part form={form} part="files" title="Files" add="Add file" onAdd={() => put([...node.files, NEW])} more={<Button size="sm" onClick={() => put([...node.files, CLOUD_INIT])}>Add cloud-init settings</Button>}>
      {node.files.map((file, index) => (
        <Card key={index} label={`File ${index + 1}`} onRemove={() => put(dropped(node.files, index))}>
          <File form={form} file={file} index={index} put={(next) => put(replaced(node.files, index, next))} />
        </Card>
      ))}
    </Part>
  )
}

type Kind = 'text' | 'typed' | 'secret'
/** Half of the two Secret kinds is told by the name: those that the portal writes have their own. */
const kindOf = ({ content }: NodeFile): Kind => (content.kind === 'text' ? 'text' : OWN_SECRET.test(content.secret.name) ? 'typed' : 'secret')

function File({ form, file, index, put }: { form: NodeForm; file: NodeFile; index: number; put: (file: NodeFile) => void }) {
  const { secrets } = form
  const { content } = file
  const kind = kindOf(file)
  const choose = (next: Kind) => {
    if (next === kind) return
    if (next === 'text') return put({ ...file, content: { kind: 'text', text: '' } })
    if (next === 'secret') return put({ ...file, content: { kind: 'secret', secret: { name: 'node.', key: '' } } })
    put({ ...file, permissions: '0600', content: { kind: 'secret', secret: secrets.put(content.kind === 'text' ? content.text : '', null) } })
  }
  const held = content.kind === 'secret' ? content.secret : null
  return (
    <>
      <div className={three}>
        <Field label="Path"><Input mono value={file.path} placeholder="/etc/motd" autoCapitalize="off" onChange={({ currentTarget }) => put({ ...file, path: currentTarget.value })} /></Field>
        <Field label="Owner"><Input mono value={file.owner} autoCapitalize="off" onChange={({ currentTarget }) => put({ ...file, owner: currentTarget.value })} /></Field>
        <Field label="Mode"><Input mono value={file.permissions} onChange={({ currentTarget }) => put({ ...file, permissions: currentTarget.value })} /></Field>
      </div>
      <Segmented size="sm" label={`Content of file ${index + 1}`} value={kind} onChange={choose} choices={[{ value: 'text', label: 'Text' }, { value: 'typed', label: 'Secret text' }, { value: 'secret', label: 'From a Secret' }]} />
      {content.kind === 'text' ? <TextArea aria-label={`Text of file ${index + 1}`} rows={5} value={content.text} onChange={({ currentTarget }) => put({ ...file, content: { kind: 'text', text: currentTarget.value } })} /> : null}
      {kind === 'typed' && held !== null ? (
        <Field label="Secret text" hint="Goes into a Secret of the cluster and is never shown again. Empty: what the Secret holds stays.">
          <TextArea aria-label={`Secret text of file ${index + 1}`} rows={5} value={secrets.value(held)} onChange={({ currentTarget }) => put({ ...file, content: { kind: 'secret', secret: secrets.put(currentTarget.value, held) } })} />
        </Field>
      ) : null}
      {kind === 'secret' && held !== null ? (
        <div className={two}>
          <Field label="Secret" hint="Its name begins with node."><Input mono value={held.name} autoCapitalize="off" onChange={({ currentTarget }) => put({ ...file, content: { kind: 'secret', secret: { ...held, name: currentTarget.value } } })} /></Field>
          <Field label="Key"><Input mono value={held.key} autoCapitalize="off" onChange={({ currentTarget }) => put({ ...file, content: { kind: 'secret', secret: { ...held, key: currentTarget.value } } })} /></Field>
        </div>
      ) : null}
      <span className="flex items-center gap-2"><Switch checked={file.append} onChange={(append) => put({ ...file, append })} labelledBy={`l-append-${index}`} /><span id={`l-append-${index}`}>Append to what is there</span></span>
    </>
  )
}
