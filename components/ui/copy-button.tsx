'use client'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, type ButtonLook } from './button'

interface CopyButtonProps {
  readonly text: string
  /** What is copied, for the accessible name: "Copy the name". */
  readonly label: string
  readonly children?: string
  readonly look?: ButtonLook['look']
  readonly size?: ButtonLook['size']
}

export function CopyButton({ text, label, children, look = 'ghost', size = 'sm' }: CopyButtonProps) {
  const [said, say] = useState<'copied' | 'refused' | null>(null)
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => say(null), 2000)
    return () => clearTimeout(timer)
  }, [said])
  // Without a secure context there is no clipboard; the person is told rather than left with nothing copied.
  const copy = () => {
    const done = navigator.clipboard?.writeText(text)
    if (!done) say('refused')
    else done.then(() => say('copied'), () => say('refused'))
  }
  return (
    <>
      <Button look={look} size={size} square={!children} onClick={copy} {...(children ? {} : { 'aria-label': label })}>
        {said === 'copied' ? <Check size={14} aria-hidden className="text-ok-solid" /> : <Copy size={14} aria-hidden />}
        {children}
      </Button>
      <span role="status" className="sr-only">{said === 'copied' ? 'Copied' : said === 'refused' ? 'The browser did not allow copying' : ''}</span>
    </>
  )
}
