'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect } from 'react'
import { useForm, type UseFormReturn } from 'react-hook-form'
import type { ZodType } from 'zod'
import { clusterSpec } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { flatErrors, type SpecPath } from './fields'
import { keepDraft, readDraft } from './draft'

export type CreateForm = UseFormReturn<ClusterSpec>

/** Rules between fields are asked again a moment after typing stops. */
const BETWEEN_FIELDS_MS = 300

/** What depends on other fields; a field of these that was visited, or is wrong now, is looked at again. */
const DEPENDENT: readonly SpecPath[] = ['name', 'pool.name', 'addresses.range', 'addresses.gateway', 'addresses.ipv6.range', 'networks.pods', 'networks.services', 'endpoint.host', 'addOns.cpi.region', 'addOns.cpi.zone', 'addOns.cpi.version', 'addOns.csi.datastoreUrl', 'addOns.csi.region', 'addOns.csi.zone', 'addOns.autoscaler.version', 'addOns.proxy.url', 'addOns.proxy.noProxy'] as SpecPath[]

export function useCreateForm(defaults: ClusterSpec, person: string, tenant: string): CreateForm {
  const form = useForm<ClusterSpec>({
    defaultValues: defaults,
    mode: 'onTouched',
    shouldFocusError: false,
    // The form holds every field; the schema's defaults are for what was stored before a field was there.
    // An emptied number is no number: zod's own words would speak of types.
    resolver: zodResolver(clusterSpec as ZodType<ClusterSpec, ClusterSpec>, { error: (issue) => (issue.code === 'invalid_type' || issue.code === 'not_multiple_of' ? 'Give a whole number.' : undefined) }),
  })

  useEffect(() => {
    const draft = readDraft(person, tenant)
    if (draft) form.reset(draft, { keepDefaultValues: true })
  }, [form, person, tenant])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = form.subscribe({
      formState: { values: true },
      callback: ({ values, name }) => {
        if (!name) return
        keepDraft(person, tenant, values)
        clearTimeout(timer)
        timer = setTimeout(() => {
          const wrong = new Set(flatErrors(form.formState.errors).map(({ path }) => path))
          const again = DEPENDENT.filter((path) => {
            const { isTouched, error } = form.getFieldState(path)
            // What the server said stays until its own field changes: the form's rules know nothing of it and would take it away.
            return path !== name && error?.type !== 'server' && (wrong.has(path) || isTouched)
          })
          if (again.length > 0) void form.trigger(again)
        }, BETWEEN_FIELDS_MS)
      },
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [form, person, tenant])

  return form
}
