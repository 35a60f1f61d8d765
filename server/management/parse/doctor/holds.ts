/** What people and tools hold on purpose: pauses, hooks, drains, volumes. */
import { HOOKS, PAUSED, SKIP_DRAIN, SKIP_VOLUME_DETACH } from '@/lib/doctor/annotations'
import type { Finding, LastResort } from '@/lib/doctor/finding'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { ConditionView } from '@/lib/state'
import { condition } from '@/server/management/parse/condition'
import { isOlderProvider, pausedWords } from '@/server/management/parse/control-plane'
import { found, logsOf, type Rule, shortName, subjectOf } from '@/server/management/parse/doctor/found'
import { dig, isDeleting, isPaused, numberAt, timeAt } from '@/server/management/parse/raw'

/** A paused Cluster stops its own deletion entirely, without any condition that says so; so does a paused object its own. */
export const paused: Rule = ({ cluster, controlPlane, infrastructure, machineDeployments, machines, loose = [] }) => {
  const field = dig(cluster, 'spec', 'paused') === true ? 'spec.paused: true' : `metadata.annotations: ${PAUSED}`
  const whole: readonly Finding[] = !isPaused(cluster) ? [] : [found('paused', cluster, {
    sentence: isDeleting(cluster) ? 'It is paused; deletion goes on once it is resumed' : `It is paused; ${pausedWords(controlPlane)}`,
    condition: condition(cluster, 'Paused'), field, next: { act: 'resume', object: subjectOf(cluster) },
  })]
  // Of an older provider the mark on its control plane holds nothing.
  const plane = isOlderProvider(controlPlane) ? null : controlPlane
  const parts = [...machineDeployments, ...machines.flatMap(({ machine, vsphereMachine, vsphereVm }) => [machine, vsphereMachine, vsphereVm]), plane, infrastructure, ...loose]
  const alone = parts.flatMap((object) => object !== null && object.metadata.annotations?.[PAUSED] !== undefined ? [found('paused', object, {
    sentence: `${shortName(object)} is paused by itself (${object.kind})`,
    condition: condition(object, 'Paused'), field: `metadata.annotations: ${PAUSED}`, next: { act: 'resume', object: subjectOf(object) },
  })] : [])
  return [...whole, ...alone]
}

export const beforeDelete: Rule = ({ cluster }) => {
  const view = condition(cluster, 'Deleting')
  return view?.reason === 'WaitingForBeforeDeleteHook' ? [found('before-delete-hook', cluster, { sentence: 'An extension of the platform holds the deletion before it begins', condition: view, next: { act: 'tell-platform' }, logs: logsOf('capi', cluster) })] : []
}

/**
 * Machines on their way out. While the whole cluster is deleted, Cluster API skips pre-drain hooks, drain and volumes whatever the
 * condition still says (cluster-api internal/controllers/machine/machine_controller.go, isDeleteNodeAllowed).
 */
export const leaving: Rule = ({ cluster, machines }) => machines.flatMap(({ machine }) => {
  const view = condition(machine, 'Deleting')
  if (!isDeleting(machine) || view === null) return []
  if (view.reason === 'WaitingForPreTerminateHook') return [hooked(machine, view, 'pre-terminate-hook')]
  if (isDeleting(cluster)) return []
  if (view.reason === 'WaitingForPreDrainHook') return [hooked(machine, view, 'pre-drain-hook')]
  if (view.reason === 'DrainingNode') return [draining(machine, view)]
  return view.reason === 'WaitingForVolumeDetach' ? [detaching(machine, view)] : []
})

/** "Waiting for pre-drain hooks to succeed (hooks: a,b)". */
const NAMED = /\(hooks: ([^)]{1,2000})\)/

function hooked(machine: KubeObject, view: ConditionView, cause: 'pre-drain-hook' | 'pre-terminate-hook'): Finding {
  const keys = (NAMED.exec(view.message)?.[1] ?? '').split(',').map((key) => key.trim()).filter((key) => HOOKS.some((hook) => key.startsWith(hook)))
  const owners = keys.map((key) => key.slice(key.indexOf('/') + 1)).filter((name) => name !== '')
  const who = owners.length === 0 ? 'A hook' : `The hook ${owners.join(', ')}`
  const lastResorts: readonly LastResort[] = keys.length === 0 ? [] : [{ act: 'hooks', object: subjectOf(machine), keys }]
  return found(cause, machine, { sentence: `${who} holds ${shortName(machine)} ${cause === 'pre-drain-hook' ? 'before its pods are moved' : 'before its VM is removed'}`, condition: view, lastResorts, logs: logsOf('capi', machine) })
}

/** Seconds in v1beta2, a duration in v1beta1; 0 and absent are no limit. */
const hasLimit = (machine: KubeObject, name: 'nodeDrainTimeout' | 'nodeVolumeDetachTimeout'): boolean => {
  const old = dig(machine, 'spec', name)
  return (numberAt(machine, 'spec', 'deletion', `${name}Seconds`) ?? 0) > 0 || (typeof old === 'string' && !/^(0[a-z]*)*$/.test(old))
}
const limitWords = (limited: boolean): string => (limited ? '' : ', without a time limit')

function draining(machine: KubeObject, view: ConditionView): Finding {
  const skipped = machine.metadata.annotations?.[SKIP_DRAIN] !== undefined
  const budget = /disruption budget/i.test(view.message)
  const doing = budget ? `A disruption budget keeps pods on ${shortName(machine)}` : /^Error/.test(view.message) ? `${shortName(machine)} can’t be drained` : `Pods are moving away from ${shortName(machine)}`
  return found('drain', machine, {
    weight: !skipped && (budget || /^Error/.test(view.message)) ? 'held' : 'waits',
    sentence: skipped ? `The drain of ${shortName(machine)} is skipped` : `${doing}${limitWords(hasLimit(machine, 'nodeDrainTimeout'))}`,
    since: timeAt(machine, 'status', 'deletion', 'nodeDrainStartTime') ?? view.since,
    condition: view, next: skipped ? null : { act: 'skip-drain', object: subjectOf(machine) }, logs: logsOf('capi', machine),
  })
}

function detaching(machine: KubeObject, view: ConditionView): Finding {
  const skipped = machine.metadata.annotations?.[SKIP_VOLUME_DETACH] !== undefined
  return found('volume-detach', machine, {
    weight: skipped || !/^Error/.test(view.message) ? 'waits' : 'held',
    sentence: skipped ? `Volumes of ${shortName(machine)} are not waited for` : `Volumes are still attached to ${shortName(machine)}${limitWords(hasLimit(machine, 'nodeVolumeDetachTimeout'))}`,
    since: timeAt(machine, 'status', 'deletion', 'waitForNodeVolumeDetachStartTime') ?? view.since,
    condition: view, next: skipped ? null : { act: 'skip-volume-detach', object: subjectOf(machine) }, logs: logsOf('capi', machine),
  })
}

