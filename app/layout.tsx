import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { ThemeScript } from '@/components/shell/theme'
import { NowProvider } from '@/components/ui/now'
import { Toaster } from '@/components/ui/toaster'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Tenantry', template: '%s · Tenantry' },
  description: 'Kubernetes clusters on your organisation’s vSphere',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f6f7' },
    { media: '(prefers-color-scheme: dark)', color: '#0b0c0e' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <head><ThemeScript nonce={nonce} /></head>
      <body>
        <NowProvider renderedAt={renderedAt()}>{children}</NowProvider>
        <Toaster />
      </body>
    </html>
  )
}

/** This layout is rendered for each request (it reads headers), so this is the request's time. */
const renderedAt = (): number => Date.now()
