'use client'
import type { NodePoolView } from '@/lib/cluster/view'
import type { FieldErrors } from '@/lib/errors'
import { plainVersion } from '@/lib/kubernetes/version'
import { behindWords } from '@/lib/upgrade/versions'
import { plural } from '@/lib/text'
import { ErrorText } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { Switch } from '@/components/ui/switch'
import { Table, Td, Th, Tr } from '@/components/ui/table'

interface Props {
  readonly pools: readonly NodePoolView[]
  /** Those that can go along. */
  readonly able: readonly string[]
  readonly target: string | null
  readonly offered: readonly string[]
  /** Those that are to stay. */
  readonly left: ReadonlySet<string>
  readonly templates: Readonly<Record<string, string>>
  readonly refused: FieldErrors
  readonly onLeave: (left: ReadonlySet<string>) => void
  readonly onTemplate: (pool: string, template: string) => void
}

export function PoolsToUpgrade({ pools, able, target, offered, left, templates, refused, onLeave, onTemplate }: Props) {
  return (
    <Table aria-labelledby="upgrade-pools">
      <thead><tr><Th>Pool</Th><Th className="max-s:hidden">Now</Th><Th>Goes along</Th></tr></thead>
      <tbody>
        {pools.map((pool) => {
          const { name, version, desired } = pool
          const can = able.includes(name)
          const goes = can && !left.has(name)
          const stays = goes || target === null ? null : behindWords(pool, target)
          const toggle = (on: boolean) => onLeave(on ? new Set([...left].filter((other) => other !== name)) : new Set([...left, name]))
          return (
            <Tr key={name}>
              <Td className="py-2 align-top font-medium [overflow-wrap:anywhere]"><span id={`pool-${name}`}>{name}</span><span className="block font-normal text-12 text-ink-3">{plural(desired, 'machine')}{version === null ? null : <span className="s:hidden">, {plainVersion(version)} now</span>}</span></Td>
              <Td className="mono py-2 align-top max-s:hidden">{version === null ? '–' : plainVersion(version)}</Td>
              <Td className="py-2 align-top">
                {can ? <Switch checked={goes} onChange={toggle} labelledBy={`pool-${name}`} /> : <p className="text-ink-2">{unable(pool, target, offered.length)}</p>}
                {goes && offered.length > 1 ? <Select mono label={`VM template of pool ${name}`} className="mt-2 max-w-[320px]" value={templates[name] ?? offered[0] ?? null} onChange={(template) => onTemplate(name, template)} choices={offered.map((template) => ({ value: template, label: template }))} /> : null}
                {stays ? <p className="mt-1 max-w-[60ch] text-12 text-ink-3">{stays}</p> : null}
                {refused[`pools.${name}`] ? <p className="mt-1 text-12 text-bad"><ErrorText>{refused[`pools.${name}`]}</ErrorText></p> : null}
              </Td>
            </Tr>
          )
        })}
      </tbody>
    </Table>
  )
}

function unable({ version }: NodePoolView, target: string | null, offered: number): string {
  if (target === null) return 'Choose a version first.'
  if (offered === 0) return `No VM template for ${plainVersion(target)}: it stays at ${plainVersion(version ?? '?')}.`
  return version === null ? 'Its version is not known.' : 'It is there already.'
}
