'use client'
import { missingNoProxy } from '@/lib/node-config/no-proxy'
import type { NodeProxy } from '@/lib/node-config/spec'
import { two } from '@/components/create/form-section'
import { Button } from '@/components/ui/button'
import { ErrorText, Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Switch } from '@/components/ui/switch'
import { TextArea } from '@/components/ui/text-area'
import type { NodeForm } from './node-form'

export function ProxyPart({ form }: { form: NodeForm }) {
  const { node, set, computed, holdsAll } = form
  const { proxy } = node
  const put = (next: NodeProxy | null) => set({ ...node, proxy: next })
  return (
    <section aria-label="HTTP proxy" className="space-y-3">
      <h3 className="font-medium" id="l-proxy-title">HTTP proxy</h3>
      <div className="flex items-center gap-3">
        <Switch checked={proxy !== null} onChange={(on) => put(on ? { url: '', credentials: null, noProxy: holdsAll ? [...computed] : [] } : null)} labelledBy="l-proxy" />
        <span id="l-proxy">Machines reach the outside through a proxy</span>
      </div>
      {proxy === null ? null : (
        <>
          <Field id={form.fieldId('proxy.url')} label="Proxy" error={form.error('proxy.url')} hint="For the system, containerd and the kubelet.">
            <Input mono value={proxy.url} placeholder="http://proxy.example.com:3128" autoCapitalize="off" onChange={({ currentTarget }) => put({ ...proxy, url: currentTarget.value.trim() })} onBlur={() => form.touch('proxy.url')} />
          </Field>
          <SignIn form={form} proxy={proxy} put={put} />
          <Without form={form} proxy={proxy} put={put} />
        </>
      )}
    </section>
  )
}

interface Props {
  readonly form: NodeForm
  readonly proxy: NodeProxy
  readonly put: (next: NodeProxy | null) => void
}

function SignIn({ form, proxy, put }: Props) {
  const { secrets } = form
  const typed = secrets.proxy ?? { user: '', password: '' }
  const error = form.error('proxy.credentials')
  const type = (next: { user: string; password: string }) => {
    const empty = next.user === '' && next.password === ''
    const ref = secrets.putProxy(empty ? null : next)
    put({ ...proxy, credentials: empty ? null : ref })
  }
  const kept = proxy.credentials !== null && secrets.proxy === null
  return (
    <div id={form.fieldId('proxy.credentials')} className="space-y-2">
      {kept ? (
        <div className="flex flex-wrap items-center gap-2 text-ink-2">
          <span>Signs in with what the Secret <span className="mono">{proxy.credentials?.name}</span> holds.</span>
          <Button size="sm" onClick={() => put({ ...proxy, credentials: null })}>Sign in no more</Button>
        </div>
      ) : null}
      <div className={two}>
        <Field label={kept ? 'New user name' : 'User name, if it asks for one'}><Input value={typed.user} autoCapitalize="off" onChange={({ currentTarget }) => type({ ...typed, user: currentTarget.value })} /></Field>
        <Field label={kept ? 'New password' : 'Password'}><Input type="password" autoComplete="new-password" value={typed.password} onChange={({ currentTarget }) => type({ ...typed, password: currentTarget.value })} /></Field>
      </div>
      {error ? <p role="alert" className="text-12 text-bad"><ErrorText>{error}</ErrorText></p> : <p className="text-12 text-ink-3">Kept in a Secret of the cluster and never shown again. Whoever may sign in to a machine can read it there.</p>}
    </div>
  )
}

function Without({ form, proxy, put }: Props) {
  const { computed, holdsAll } = form
  const missing = holdsAll ? missingNoProxy(proxy.noProxy, computed) : []
  const lines = proxy.noProxy.join('\n')
  return (
    <div id={form.fieldId('proxy.noProxy')} className="space-y-2">
      <h4 className="text-13 font-medium" id="l-no-proxy">Reached without the proxy</h4>
      {holdsAll ? null : (
        <ul aria-label="Computed" className="flex flex-wrap gap-1.5">
          {computed.map((entry) => <li key={entry} className="mono rounded-2 border border-line bg-sunken px-2 py-0.5 text-12">{entry}</li>)}
        </ul>
      )}
      <TextArea
        aria-labelledby="l-no-proxy"
        rows={holdsAll ? Math.min(10, proxy.noProxy.length + 1) : 2}
        placeholder={'.example.com\n10.0.0.0/8'}
        defaultValue={lines}
        key={lines}
        onBlur={({ currentTarget }) => {
          put({ ...proxy, noProxy: currentTarget.value.split(/[\s,;]+/).filter(Boolean) })
          form.touch('proxy.noProxy')
        }}
      />
      {form.error('proxy.noProxy') ? <p role="alert" className="text-12 text-bad"><ErrorText>{form.error('proxy.noProxy')}</ErrorText></p> : null}
      {missing.length > 0 ? <div className="flex flex-wrap items-center gap-2 text-12 text-warn"><span>{missing.join(', ')} would go through the proxy.</span><Button size="sm" onClick={() => put({ ...proxy, noProxy: [...proxy.noProxy, ...missing] })}>Add what is missing</Button></div> : null}
      <p className="text-12 text-ink-3">{holdsAll ? 'One a line.' : 'What the cluster itself needs is computed from its networks; add your own, one a line.'} Each machine adds the address of the control plane that it joins.</p>
    </div>
  )
}
