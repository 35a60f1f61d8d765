'use client'
import { inventoryName } from '@/components/node-pool/inventory-name'
import { Checkbox } from '@/components/ui/checkbox'
import { ErrorText } from '@/components/ui/field'
import { shares } from '@/lib/node-pool/slices'
import { putsWords, type ZoneOption } from '@/lib/zone/option'

interface ZoneChoiceProps {
  readonly id: string
  readonly zones: readonly ZoneOption[]
  readonly chosen: readonly string[]
  readonly onChange: (zones: string[]) => void
  readonly error: string | undefined
  /** To say how they are shared out; null where the autoscaler decides. */
  readonly machines: number | null
}

/** In which zones a pool's machines are: none, one, or spread over several. What cannot be used says why. */
export function ZoneChoice({ id, zones, chosen, onChange, error, machines }: ZoneChoiceProps) {
  const gone = chosen.filter((name) => !zones.some((zone) => zone.name === name))
  const put = (name: string, on: boolean) => onChange((on ? [...chosen, name] : chosen.filter((zone) => zone !== name)).toSorted())
  return (
    <div id={id} role="group" aria-label="Zones" className="space-y-2">
      {zones.map((zone) => {
        const puts = putsWords(zone, inventoryName)
        const on = chosen.includes(zone.name)
        return (
          <Checkbox key={zone.name} checked={on} disabled={zone.notReady !== null && !on} onChange={(next) => put(zone.name, next)}>
            <span className="mono">{zone.name}</span>
            {zone.notReady === null ? null : <span className="block text-12 text-warn [overflow-wrap:anywhere]">{zone.notReady}</span>}
            {puts === '' ? null : <span className="block text-12 text-ink-3 [overflow-wrap:anywhere]">Here in place of what is chosen: {puts}.</span>}
          </Checkbox>
        )
      })}
      {gone.map((name) => <Checkbox key={name} checked onChange={(next) => put(name, next)}><span className="mono">{name}</span><span className="block text-12 text-warn">This zone is not there any more, or not for this tenant.</span></Checkbox>)}
      {error ? <p role="alert" className="text-12 text-bad"><ErrorText>{error}</ErrorText></p> : null}
      <p className="text-12 text-ink-3">{words(chosen, machines)}</p>
    </div>
  )
}

function words(chosen: readonly string[], machines: number | null): string {
  const zones = chosen.toSorted()
  if (zones.length === 0) return 'Without a zone machines are placed as chosen above.'
  if (zones.length === 1) return `All machines are made in ${zones[0]}.`
  if (machines === null || !Number.isInteger(machines) || machines < 0) return 'The machines are shared out evenly.'
  const counts = shares(machines, zones.length)
  return `Shared out evenly: ${zones.map((zone, index) => `${counts[index] ?? 0} in ${zone}`).join(', ')}. During a change each zone makes 1 machine ahead.`
}
