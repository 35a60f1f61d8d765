'use client'
import type { NodeUser } from '@/lib/node-config/spec'
import { two } from '@/components/create/form-section'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Switch } from '@/components/ui/switch'
import { TextArea } from '@/components/ui/text-area'
import type { NodeForm } from './node-form'
import { Card, dropped, Part, replaced } from './part'

const NEW: NodeUser = { name: '', groups: '', shell: '/bin/bash', sudo: '', sshKeys: [], lockPassword: true, password: null }
const SUDO = 'ALL=(ALL) NOPASSWD:ALL'

export function UsersPart({ form }: { form: NodeForm }) {
  const { node, set } = form
  const put = (users: NodeUser[]) => set({ ...node, users })
  return (
    <Part form={form} part="users" title="Users" add="Add user" onAdd={() => put([...node.users, NEW])}>
      {node.users.map((user, index) => (
        <Card key={index} label={`User ${index + 1}`} onRemove={() => put(dropped(node.users, index))}>
          <User form={form} user={user} index={index} put={(next) => put(replaced(node.users, index, next))} />
        </Card>
      ))}
    </Part>
  )
}

function User({ form, user, index, put }: { form: NodeForm; user: NodeUser; index: number; put: (user: NodeUser) => void }) {
  const { secrets } = form
  const kept = user.password !== null && secrets.value(user.password) === ''
  const keys = user.sshKeys.join('\n')
  const type = (text: string) => {
    const password = text === '' ? null : secrets.put(text, user.password)
    put({ ...user, password, lockPassword: password === null })
  }
  return (
    <>
      <div className={two}>
        <Field label="Name"><Input mono value={user.name} autoCapitalize="off" onChange={({ currentTarget }) => put({ ...user, name: currentTarget.value })} /></Field>
        <Field label="Shell"><Input mono value={user.shell} autoCapitalize="off" onChange={({ currentTarget }) => put({ ...user, shell: currentTarget.value })} /></Field>
        <Field label="Further groups"><Input mono value={user.groups} placeholder="adm,docker" autoCapitalize="off" onChange={({ currentTarget }) => put({ ...user, groups: currentTarget.value })} /></Field>
        <Field label="Hashed password" hint={kept ? 'The cluster’s Secret holds one.' : 'As mkpasswd prints it. Kept in a Secret.'}><Input mono type="password" autoComplete="new-password" value={secrets.value(user.password)} placeholder="$6$…" onChange={({ currentTarget }) => type(currentTarget.value.trim())} /></Field>
      </div>
      <Field label="SSH public keys" hint="One a line.">
        <TextArea aria-label={`SSH public keys of user ${index + 1}`} rows={2} key={keys} defaultValue={keys} onBlur={({ currentTarget }) => put({ ...user, sshKeys: currentTarget.value.split('\n').map((line) => line.trim()).filter(Boolean) })} />
      </Field>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <span className="flex items-center gap-2"><Switch checked={user.sudo !== ''} onChange={(on) => put({ ...user, sudo: on ? SUDO : '' })} labelledBy={`l-sudo-${index}`} /><span id={`l-sudo-${index}`}>May become root</span></span>
        <span className="flex items-center gap-2"><Switch checked={!user.lockPassword} onChange={(on) => put({ ...user, lockPassword: !on })} labelledBy={`l-lock-${index}`} /><span id={`l-lock-${index}`}>May sign in by password</span></span>
      </div>
      {user.sudo !== '' ? <Field label="Sudo rule"><Input mono value={user.sudo} autoCapitalize="off" onChange={({ currentTarget }) => put({ ...user, sudo: currentTarget.value })} /></Field> : null}
    </>
  )
}
