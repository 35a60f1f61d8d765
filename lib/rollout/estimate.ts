import { hasArrived, tallyOf, talliesOf } from '@/lib/rollout/facts'
import { COMING, wholeComing, wholeLeaving } from '@/lib/rollout/phases'
import { isStarting } from '@/lib/rollout/signs'
import type { Rollout, RolloutMachine, Story } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import { ms, timeOf } from '@/lib/rollout/times'

/** A replaced machine's leaving is about this part of the work of its lane. */
const LEAVING_WEIGHT = 0.25
/** Of the making of a cluster, its control plane (server/management/parse/cluster-state.ts says the same of the cluster). */
const CONTROL_PLANE = 40

/** 0..99 of an open story, by the steps of its machines. */
export function percentOf({ rollout, machines }: Story, { cluster, ...rest }: Picture): number {
  const list = Object.values(machines)
  const tallies = talliesOf(rollout, list)
  const coming = tallies.reduce((sum, tally) => sum + tally.coming, 0)
  const leaving = tallies.reduce((sum, tally) => sum + tally.leaving, 0)
  const made = list.filter((machine) => machine.side === 'new' && machine.leaving.deletion === null && machine.leaving.gone === null).reduce((sum, machine) => sum + madeOf(machine), 0)
  const left = list.filter((machine) => machine.side === 'old').reduce((sum, machine) => sum + leftOf(machine), 0)
  const upgrading = rollout.version.at === undefined ? 0 : 1
  const all = coming + leaving * LEAVING_WEIGHT + upgrading
  const worked = made + left * LEAVING_WEIGHT + (typeof rollout.version.at === 'string' ? 1 : 0)
  const part = all === 0 ? 0 : worked / all
  // What is left of a deletion after its machines only the cluster knows.
  const whole = rollout.change === 'delete' ? Math.max(cluster.state.percent ?? 0, part * 70) : rollout.change !== 'create' ? part * 100
    : isStarting({ cluster, ...rest }) ? Math.min(CONTROL_PLANE, cluster.state.percent ?? 0) : CONTROL_PLANE + part * (100 - CONTROL_PLANE)
  return Math.max(0, Math.min(99, Math.floor(whole)))
}

const madeOf = ({ steps }: RolloutMachine): number => (steps.ready !== undefined ? 1 : COMING.filter(([, step]) => steps[step] !== undefined).length / (COMING.length + 1))
const leftOf = ({ leaving }: RolloutMachine): number => (leaving.gone !== null ? 1 : leaving.drained !== null ? 0.6 : leaving.deletion !== null ? 0.2 : 0)

/** When it should end, by the middle of the machines already done; null while none is that could tell. */
function estimate({ rollout, machines }: Story, { cluster }: Picture, now: string): number | null {
  const list = Object.values(machines)
  const [coming, leaving] = [wholeComing(list), wholeLeaving(list)]
  const ends: number[] = []
  for (const name of new Set<string | null>([...Object.keys(rollout.pools), ...list.map((machine) => machine.pool)])) {
    const own = list.filter((machine) => machine.pool === name)
    const tally = tallyOf(name, rollout, list)
    const surge = Math.max(1, cluster.pools.find((pool) => pool.name === name)?.surge ?? 1)
    const onWay = own.filter((machine) => machine.side === 'new' && !hasArrived(machine) && machine.leaving.deletion === null && machine.leaving.gone === null)
    const unmade = Math.max(0, tally.coming - tally.arrived - onWay.length)
    if (onWay.length > 0 || unmade > 0) {
      if (coming === null) return null
      ends.push(arrival(onWay, unmade, coming, isSerial(rollout) ? surge : Math.max(1, unmade), ms(now)) + (isSerial(rollout) && tally.leaving > 0 ? (leaving ?? 0) : 0))
    }
    for (const machine of own) {
      if (machine.leaving.deletion === null || machine.leaving.gone !== null) continue
      if (leaving === null) {
        if (tally.coming === 0) return null
        continue
      }
      ends.push(ms(machine.leaving.deletion) + leaving)
    }
  }
  return ends.length === 0 ? null : Math.max(...ends)
}

/** A new cluster's or a grown pool's machines are made side by side; replaced ones as many at a time as the pool's surge. */
const isSerial = ({ change }: Rollout): boolean => change === 'replace' || change === 'upgrade' || change === 'repair'

function arrival(onWay: readonly RolloutMachine[], unmade: number, whole: number, abreast: number, now: number): number {
  const last = Math.max(...onWay.map((machine) => ms(machine.steps.requested)).filter((time) => !Number.isNaN(time)).map((time) => time + whole), Number.NEGATIVE_INFINITY)
  return unmade === 0 ? last : Math.max(now, last) + Math.ceil(unmade / abreast) * whole
}

/**
 * The expected end, calm: it comes nearer at once, and is put off only when by a tenth or more of what remained, or when
 * something new was asked.
 */
export function expectedEnd(story: Story, after: Picture, now: string, asked: boolean): string | null {
  const previous = story.rollout.expectedEnd
  const next = estimate(story, after, now)
  if (next === null || timeOf(next) === null) return asked ? null : previous
  const remained = ms(previous) - ms(now)
  const calm = previous !== null && !asked && next > ms(previous) && next - ms(previous) < Math.max(remained, 0) * 0.1
  return calm ? previous : timeOf(next)
}
