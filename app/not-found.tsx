import { StandAlone } from '@/components/shell/stand-alone'

export const metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <StandAlone title="This page was not found" action={{ label: 'Go to your clusters', href: '/t' }}>
      <p>It does not exist, or it belongs to a tenant that you are not a member of. The two look the same from here.</p>
    </StandAlone>
  )
}
