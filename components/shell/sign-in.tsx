'use client'
import { signIn } from 'next-auth/react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Note } from '@/components/ui/note'
import { Mark } from './brand'
import { SignInPicture } from './sign-in-picture'
import type { SignInMessage } from './sign-in-message'

export function SignIn({ message, back }: { message: SignInMessage | null; back: string }) {
  const [busy, setBusy] = useState(false)
  return (
    <main className="grid min-h-dvh grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)] max-m:grid-cols-1">
      <div className="flex flex-col bg-surface px-12 py-8 max-m:p-6">
        <div className="flex items-center gap-2 text-16 font-semibold tracking-[-0.01em]"><Mark size={24} />Tenantry</div>
        <div className="my-auto w-full max-w-[344px] py-8 max-m:max-w-none">
          <h1 className="!text-26 !tracking-[-0.02em]">Sign in</h1>
          <p className="mb-6 mt-1.5 text-14 text-ink-2">Kubernetes clusters on your organisation’s vSphere: create them, watch them, change them safely.</p>
          {message ? (
            <Note role={message.role} alert className="mb-4">
              <p className="font-medium">{message.title}</p>
              <p className="text-ink-2">{message.text}</p>
            </Note>
          ) : null}
          <Button
            look="primary"
            size="lg"
            className="w-full"
            busy={busy}
            onClick={() => {
              setBusy(true)
              signIn('oidc', { callbackUrl: back }).catch(() => setBusy(false))
            }}
          >
            Sign in with your organisation’s account
          </Button>
          <p className="mt-3 text-balance text-center text-12 text-ink-3">You give your password to your organisation, not to this portal.</p>
        </div>
      </div>
      <div aria-hidden="true" className="flex items-center overflow-hidden border-l border-line py-12 pl-14 max-m:hidden">
        <SignInPicture />
      </div>
    </main>
  )
}
