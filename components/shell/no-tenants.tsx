'use client'
import { signOut } from 'next-auth/react'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { StandAlone } from './stand-alone'

export function NoTenants({ session }: { session: { name: string; email: string } }) {
  const request = `I would like to use Tenantry. I sign in as ${session.email} and am not a member of a tenant yet. Which tenant can I join, and with which role (admin, operator, viewer)?`
  return (
    <StandAlone
      title="You are not a member of a tenant yet"
      extra={
        <>
          <CopyButton text={request} label="Copy a request" look="plain" size="md">Copy a request</CopyButton>
          <Button look="ghost" onClick={() => void signOut({ callbackUrl: '/sign-in' })}>Sign out</Button>
        </>
      }
    >
      <p>A tenant holds the clusters of one team. An admin of the tenant, or a platform admin, makes you a member by giving your account, or a group that you are in, a role in it.</p>
      <p>You are signed in as <b className="text-ink">{session.email}</b>. Once you are a member, this page leads to your clusters.</p>
    </StandAlone>
  )
}
