import { StandAlone } from './stand-alone'

export function Revoked({ tenant }: { tenant: string }) {
  return (
    <StandAlone title={`You no longer see ${tenant}`} action={{ label: 'Go to your tenants', href: '/t' }}>
      <p role="alert">Your access to this tenant was taken away or the tenant was removed. What this page held of it has been forgotten. An admin of the tenant can give you a role again.</p>
    </StandAlone>
  )
}
