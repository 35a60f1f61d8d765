'use client'
import type { ReactNode } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { NumberField } from '@/components/ui/number-field'
import { POOL_FIELDS } from './draft'
import type { PoolForm } from './use-pool-form'

export const poolFieldId = (path: string): string => `p-${path.replaceAll('.', '-')}`

interface Props {
  readonly form: PoolForm
  readonly path: string
  readonly hint?: ReactNode
}

export function Count({ form, path, hint, min, step, unit }: Props & { min?: number; step?: number; unit?: string }) {
  const value = form.value(path)
  return (
    <Field id={poolFieldId(path)} label={POOL_FIELDS[path]} hint={hint} error={form.error(path)}>
      <NumberField
        wide
        value={typeof value === 'number' && !Number.isNaN(value) ? value : null}
        onChange={(next) => form.set(path, next ?? Number.NaN)}
        onBlur={() => form.touch(path)}
        {...(min === undefined ? {} : { min })}
        {...(step === undefined ? {} : { step })}
        {...(unit === undefined ? {} : { unit })}
      />
    </Field>
  )
}

export function Text({ form, path, hint, mono, placeholder, orNull }: Props & { mono?: boolean; placeholder?: string; orNull?: boolean }) {
  const value = form.value(path)
  return (
    <Field id={poolFieldId(path)} label={POOL_FIELDS[path]} hint={hint} error={form.error(path)}>
      <Input
        mono={mono ?? false}
        value={typeof value === 'string' ? value : ''}
        placeholder={placeholder}
        autoCapitalize="off"
        onChange={({ currentTarget: { value: next } }) => form.set(path, orNull && next === '' ? null : next)}
        onBlur={() => form.touch(path)}
      />
    </Field>
  )
}

/** A number of machines or a percentage of the pool: `1`, `25%`. */
export function Share({ form, path, hint }: Props) {
  const value = form.value(path)
  return (
    <Field id={poolFieldId(path)} label={POOL_FIELDS[path]} hint={hint} error={form.error(path)}>
      <Input
        value={typeof value === 'number' ? String(value) : typeof value === 'string' ? value : ''}
        autoCapitalize="off"
        onChange={({ currentTarget: { value: next } }) => form.set(path, /^\d{1,6}$/.test(next.trim()) ? Number(next) : next.trim())}
        onBlur={() => form.touch(path)}
      />
    </Field>
  )
}
