import { redirect } from 'next/navigation'

export default async function Tenant({ params }: { params: Promise<{ tenant: string }> }) {
  redirect(`/t/${(await params).tenant}/clusters`)
}
