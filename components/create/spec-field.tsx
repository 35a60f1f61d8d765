'use client'
import type { ReactNode } from 'react'
import { useController, useFormState, type Control } from 'react-hook-form'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { NumberField } from '@/components/ui/number-field'
import { FIELD_LABELS, fieldId, flatErrors, type SpecPath } from './fields'

interface SpecFieldProps {
  readonly control: Control<ClusterSpec>
  readonly path: SpecPath
  readonly hint?: ReactNode
  readonly label?: ReactNode
}

/** The message of a field, also when it came from one of its parts (`addresses.nameservers.1`). */
export function useFieldError(control: Control<ClusterSpec>, path: SpecPath): string | undefined {
  const { errors } = useFormState({ control })
  return flatErrors(errors).find((error) => error.path === path)?.message
}

interface TextFieldProps extends SpecFieldProps {
  readonly mono?: boolean
  readonly placeholder?: string
  readonly fix?: (value: string, use: (value: string) => void) => ReactNode
}

export function TextField({ control, path, hint, label, mono, placeholder, fix }: TextFieldProps) {
  const { field: { ref, name, value: held, onChange, onBlur } } = useController({ control, name: path })
  const error = useFieldError(control, path)
  const value = typeof held === 'string' ? held : ''
  return (
    <Field id={fieldId(path)} label={label ?? FIELD_LABELS[path]} hint={hint} error={error} fix={error ? fix?.(value, (next) => { onChange(next); onBlur() }) : null}>
      <Input ref={ref} name={name} mono={mono ?? false} value={value} placeholder={placeholder} onChange={(event) => onChange(event.currentTarget.value)} onBlur={onBlur} autoCapitalize="off" />
    </Field>
  )
}

/** Several values in one line, parted by commas or blanks. What is typed stays as typed until the field is left. */
export function ListField({ control, path, hint, label, placeholder }: SpecFieldProps & { placeholder?: string }) {
  const { field: { ref, value: held, onChange, onBlur } } = useController({ control, name: path })
  const error = useFieldError(control, path)
  const values = Array.isArray(held) ? (held as string[]) : []
  return (
    <Field id={fieldId(path)} label={label ?? FIELD_LABELS[path]} hint={hint} error={error}>
      <Input
        key={values.join()}
        ref={ref}
        mono
        defaultValue={values.join(', ')}
        placeholder={placeholder}
        onBlur={(event) => {
          onChange(event.currentTarget.value.split(/[\s,;]+/).filter(Boolean))
          onBlur()
        }}
      />
    </Field>
  )
}

interface CountFieldProps extends SpecFieldProps {
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly unit?: string
  readonly wide?: boolean
}

export function CountField({ control, path, hint, label, min, max, step, unit, wide }: CountFieldProps) {
  const { field: { value: held, onChange, onBlur } } = useController({ control, name: path })
  const error = useFieldError(control, path)
  return (
    <Field id={fieldId(path)} label={label ?? FIELD_LABELS[path]} hint={hint} error={error}>
      <NumberField
        value={typeof held === 'number' && !Number.isNaN(held) ? held : null}
        onChange={(next) => onChange(next ?? Number.NaN)}
        onBlur={onBlur}
        {...(min === undefined ? {} : { min })}
        {...(max === undefined ? {} : { max })}
        {...(step === undefined ? {} : { step })}
        {...(unit === undefined ? {} : { unit })}
        {...(wide === undefined ? {} : { wide })}
      />
    </Field>
  )
}
