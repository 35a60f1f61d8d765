'use client'
import { useEffect, useRef, useState } from 'react'
import type { ErrorView, FieldErrors, Result } from '@/lib/errors'

/**
 * A form and its review on one page: which of both is shown, what was refused, and where the focus goes.
 * @param refuse puts what the server said at the fields; answers the fields as the summary names them
 */
export function useReviewed<Review>(refuse: (fields: FieldErrors) => readonly string[]) {
  const [review, setReview] = useState<Review | null>(null)
  const [refused, setRefused] = useState<readonly string[]>([])
  const [failure, fail] = useState<ErrorView | null>(null)
  const [busy, setBusy] = useState(false)
  const summary = useRef<HTMLDivElement>(null)
  const failed = useRef<HTMLDivElement>(null)
  const top = useRef<HTMLHeadingElement>(null)

  // The focus follows what has come: the summary, the failure, or the form again after the review.
  useEffect(() => {
    summary.current?.focus()
    summary.current?.scrollIntoView({ block: 'center' })
  }, [refused])
  useEffect(() => failed.current?.scrollIntoView({ block: 'center' }), [failure])
  const reviewed = useRef(false)
  useEffect(() => {
    if (reviewed.current && review === null) top.current?.focus({ preventScroll: true })
    reviewed.current = review !== null
  }, [review])

  const told = (error: ErrorView) => {
    // A full load on purpose: nothing of the ended session may stay in memory.
    // eslint-disable-next-line @next/next/no-location-assign-relative-destination
    if (error.code === 'signed-out') return location.assign(`/sign-in?ended=1&back=${encodeURIComponent(location.pathname)}`)
    setReview(null)
    const fields = error.fields ?? {}
    if (Object.keys(fields).length === 0) return fail(error)
    setRefused([...new Set(refuse(fields))])
  }
  /** Asks the server, for a review or for the change itself; a refusal leads back to the form. */
  const ask = async <Value>(request: () => Promise<Result<Value>>, then: (value: Value) => void) => {
    setBusy(true)
    fail(null)
    setRefused([])
    const result = await request()
    setBusy(false)
    if (result.ok) then(result.value)
    else told(result.error)
  }
  return { review, setReview, refused, setRefused, failure, fail, busy, ask, summary, failed, top }
}
