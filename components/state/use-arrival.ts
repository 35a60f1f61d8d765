'use client'
import { useEffect, useRef, type RefObject } from 'react'

/** For the heading of a view that takes another one's place on the same page: the page begins there, for eyes and for a screen reader. */
export function useArrival(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    window.scrollTo({ top: 0 })
    heading.current?.focus()
  }, [])
  return heading
}
