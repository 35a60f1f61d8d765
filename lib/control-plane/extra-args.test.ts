import { describe, expect, test } from 'vitest'
import { argsToWrite, countedArgs, meantArgs } from '@/lib/control-plane/extra-args'

const [a, b, c, d] = ['--max-requests-inflight=401', '--max-mutating-requests-inflight=201', '--v=2', '--profiling=false'] as const
const plane = (version: string) => ({ apiVersion: `controlplane.cluster.x-k8s.io/${version}`, kind: 'KamajiControlPlane', metadata: { name: 'c1' } })
const deployment = (mark: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'c1', annotations: { 'kube-apiserver.kamaji.clastix.io/args': mark } } })

describe('a Kamaji that compares numbers', () => {
  /** What people ask for one after another, each seen by Kamaji before the next. */
  const written = (...asked: readonly (readonly string[])[]) => asked.reduce<readonly (readonly string[])[]>((all, wanted) => {
    const live = all.at(-1) ?? []
    return [...all, argsToWrite(live, wanted, live.length)]
  }, [])

  test('one argument in place of another is said twice, and the next one once', () => {
    expect(written([a], [b], [c])).toEqual([[a], [b, b], [c]])
    expect(written([a], [b], [c, d], [a, b])).toEqual([[a], [b, b], [c, d, c], [a, b]])
  })

  test('people never see it', () => {
    expect(meantArgs([b, b])).toEqual([b])
    expect(argsToWrite([b, b], [b], 2), 'what they did not change stays as it is').toEqual([b, b])
  })

  test('another value of the same flags needs nothing: it takes the place of the old one', () => {
    expect(argsToWrite(['--v=2', d], ['--v=4', d], 2)).toEqual(['--v=4', d])
  })

  test('more, fewer or no arguments need nothing', () => {
    expect(argsToWrite([a], [b, c], 1)).toEqual([b, c])
    expect(argsToWrite([a, b], [c], 2)).toEqual([c])
    expect(argsToWrite([a], [], 1)).toEqual([])
    expect(argsToWrite([], [a], 0)).toEqual([a])
  })

  test('a number that Kamaji has not seen yet is not trusted', () => {
    expect(argsToWrite([b, b], [c], 1), 'it still counts one').toEqual([c, c, c])
    expect(argsToWrite([a, b], [c], 1)).toEqual([c, c, c])
  })

  test('an issuer is not said twice while there is another: kube-apiserver would not start', () => {
    expect(argsToWrite([a, b], ['--service-account-issuer=https://x', c], 2)).toEqual(['--service-account-issuer=https://x', c, c])
  })
})

test('which Kamaji it is says its mark on the Deployment, else the contract', () => {
  expect(countedArgs(plane('v1alpha1'), [a], null)).toBe(1)
  expect(countedArgs(plane('v1alpha2'), [a], null)).toBeNull()
  expect(countedArgs(plane('v1alpha2'), [a], deployment('1'))).toBe(1)
  expect(countedArgs(plane('v1alpha1'), [a], deployment('9a0364b9e99bb480dd25e1f0284c8555'))).toBeNull()
  expect(argsToWrite([a], [b], null)).toEqual([b])
})
