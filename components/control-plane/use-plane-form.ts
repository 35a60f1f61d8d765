'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useMemo, useRef } from 'react'
import { useForm, type UseFormReturn } from 'react-hook-form'
import { PLANE_FIELDS, valueAt } from '@/lib/control-plane/fields'
import type { PlanePageData } from '@/lib/control-plane/review'
import { planeProblems } from '@/lib/control-plane/rules'
import { planeShape, type PlaneSpec } from '@/lib/control-plane/spec'
import { withAt } from '@/lib/kubernetes/dig'
import { canonicalJson } from '@/lib/manifests/hash'

/** The form of a control plane: create's fields, with the rules of what differs from the page. */
export function usePlaneForm(data: PlanePageData): UseFormReturn<PlaneSpec> {
  const resolver = useMemo(() => {
    const schema = planeShape.superRefine((spec, context) => {
      for (const { path, message } of planeProblems(data.spec, spec)) context.addIssue({ code: 'custom', path: [...path], message })
    })
    return zodResolver(schema, { error: (issue) => (issue.code === 'invalid_type' || issue.code === 'not_multiple_of' ? 'Give a whole number.' : undefined) })
  }, [data.spec])
  const form = useForm<PlaneSpec>({ defaultValues: data.spec, mode: 'onTouched', shouldFocusError: false, resolver })
  // The page was loaded again: what was typed is kept, on the control plane as it is now.
  const base = useRef(data.spec)
  useEffect(() => {
    if (base.current === data.spec) return
    form.reset(rebased(form.getValues(), base.current, data.spec))
    base.current = data.spec
  }, [form, data.spec])
  return form
}

/** Fields that the person left alone follow the control plane, so that another one's change is not undone. */
function rebased(draft: PlaneSpec, seen: PlaneSpec, now: PlaneSpec): PlaneSpec {
  return PLANE_FIELDS.reduce((spec, { path }) => {
    const typed = valueAt(draft, path)
    return canonicalJson(typed) === canonicalJson(valueAt(seen, path)) ? spec : withAt(spec, path.split('.'), typed)
  }, now)
}
