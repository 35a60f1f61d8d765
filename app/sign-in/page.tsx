import type { Metadata } from 'next'
import { SignIn } from '@/components/shell/sign-in'
import { signInMessage } from '@/components/shell/sign-in-message'
import { safePath } from '@/components/shell/safe-path'

export const metadata: Metadata = { title: 'Sign in' }

type Search = Promise<Readonly<Record<string, string | string[] | undefined>>>

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const { ended, error, back, callbackUrl } = await searchParams
  return <SignIn message={signInMessage({ ended: ended !== undefined, error: one(error) })} back={safePath(one(back) ?? one(callbackUrl))} />
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)
