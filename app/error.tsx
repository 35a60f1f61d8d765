'use client'
import { ErrorPage } from '@/components/shell/error-page'

export default function RootError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <main className="mx-auto max-w-xl p-6"><ErrorPage digest={error.digest} retry={reset} /></main>
}
