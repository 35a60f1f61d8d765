import { describe, expect, test } from 'vitest'
import { stepsOf, upgradeProblems } from '@/lib/upgrade/plan'
import { behindWords, type Footing, fullVersion, offeredUpgrades, skewProblem, targetProblem } from '@/lib/upgrade/versions'

const footing: Footing = {
  current: 'v1.34.1',
  pools: [{ name: 'general', version: 'v1.34.1' }, { name: 'gpu', version: 'v1.33.5' }],
  templates: ['v1.33.5', 'v1.34.1', 'v1.34.3', 'v1.35.2', 'v1.36.0'].map((version) => ({ name: `ubuntu-${version}`, version })),
}
const pool = (name: string, version: string) => ({ name, template: `ubuntu-${version}` })
const wrong = (version: string, pools: { name: string; template: string }[] = [], more: Partial<Footing> = {}) =>
  Object.fromEntries(upgradeProblems({ version, pools }, { ...footing, ...more }).map(({ path, message }) => [path.join('.'), message]))

describe('which version', () => {
  test.each([
    ['v1.35.2', null],
    ['1.35.2', null],
    ['v1.34.3', null],
    ['v1.34.1', null],
    ['v1.36.0', /2 minor versions. Upgrade one at a time: to 1\.35 first/],
    ['v2.0.0', /more than one minor version/],
    ['v1.34.0', /cannot be downgraded: the control plane runs 1\.34\.1, and 1\.34\.0 is older/],
    ['v1.33.9', /cannot be downgraded/],
    ['1.35.O', /in digits, not “1\.35\.O”/],
    ['1.35', /full version/],
    ['latest', /full version/],
    ['', /Choose a version/],
    ['v1.35.2+vmware.1', /full version/],
  ])('%j', (typed, problem) => {
    if (problem === null) expect(targetProblem(typed, 'v1.34.1')).toBeNull()
    else expect(targetProblem(typed, 'v1.34.1')).toMatch(problem)
  })

  test('of a control plane that has told nothing yet none can be said', () => {
    expect(targetProblem('v1.35.2', null)).toMatch(/not known yet/)
    expect(offeredUpgrades({ ...footing, current: null })).toEqual([])
  })

  test('offered are those with a template, a minor ahead at most, newest first; the present one only while pools are behind it', () => {
    expect(offeredUpgrades(footing).map(({ version, step }) => `${version} ${step}`)).toEqual(['v1.35.2 minor', 'v1.34.3 patch', 'v1.34.1 nodes'])
    expect(offeredUpgrades({ ...footing, pools: [] }).map(({ version }) => version)).toEqual(['v1.35.2', 'v1.34.3'])
  })

  test('one spelling of what people type', () => {
    expect([fullVersion(' 1.35.2 '), fullVersion('v1.035.2'), fullVersion('1.35.2-rc.1')]).toEqual(['v1.35.2', 'v1.35.2', null])
  })
})

describe('nodes and their control plane', () => {
  test('may be three minors older from 1.28 on, two before', () => {
    expect(skewProblem({ name: 'gpu', version: 'v1.32.0' }, 'v1.35.2')).toBeNull()
    expect(skewProblem({ name: 'gpu', version: 'v1.31.9' }, 'v1.35.2')).toMatch(/takes nodes back to 1\.32\. Upgrade that pool first/)
    expect(skewProblem({ name: 'gpu', version: 'v1.24.0' }, 'v1.27.0')).toMatch(/back to 1\.25/)
    expect(skewProblem({ name: 'gpu', version: null }, 'v1.35.2')).toBeNull()
  })

  test('of another minor they make no new machines; of another patch they do', () => {
    expect(behindWords({ name: 'gpu', version: 'v1.34.3' }, 'v1.35.2')).toMatch(/it cannot grow/)
    expect(behindWords({ name: 'gpu', version: 'v1.35.1' }, 'v1.35.2')).toBe('Its machines run on as they are.')
    expect(behindWords({ name: 'gpu', version: 'v1.35.2' }, 'v1.35.2')).toBeNull()
  })
})

describe('what is asked for', () => {
  test('the control plane goes first, then the pools in their order; without it where it is there already', () => {
    expect(stepsOf({ version: 'v1.35.2', pools: [pool('gpu', 'v1.35.2'), pool('general', 'v1.35.2')] }, footing)).toEqual(['control-plane', 'pool/gpu', 'pool/general'])
    expect(stepsOf({ version: 'v1.35.2', pools: [pool('gpu', 'v1.35.2')] }, footing, true)).toEqual(['control-plane', 'add-ons', 'pool/gpu'])
    expect(stepsOf({ version: 'v1.34.1', pools: [pool('gpu', 'v1.34.1')] }, footing, true)).toEqual(['pool/gpu'])
  })

  test('is right', () => {
    expect(wrong('v1.35.2', [pool('general', 'v1.35.2'), pool('gpu', 'v1.35.2')])).toEqual({})
    expect(wrong('v1.35.2')).toEqual({})
    expect(wrong('v1.34.1', [pool('gpu', 'v1.34.1')])).toEqual({})
  })

  test.each([
    ['two minors at once', wrong('v1.36.0'), { version: /one at a time/ }],
    ['a version without a template, with a pool', wrong('v1.34.9', [pool('general', 'v1.34.9')]), { 'pools.general': /Only the control plane can go there/ }],
    ['a template of another version', wrong('v1.35.2', [pool('general', 'v1.34.3')]), { 'pools.general': /not offered for 1\.35\.2; take ubuntu-v1\.35\.2/ }],
    ['a pool that is not there', wrong('v1.35.2', [pool('none', 'v1.35.2')]), { 'pools.none': /no pool none/ }],
    ['a pool twice', wrong('v1.35.2', [pool('gpu', 'v1.35.2'), pool('gpu', 'v1.35.2')]), { 'pools.gpu': /twice/ }],
    ['nothing', wrong('v1.34.1'), { version: /runs 1\.34\.1 already/ }],
    ['a pool that would be left too far behind', wrong('v1.35.2', [], { pools: [{ name: 'old', version: 'v1.31.0' }] }), { 'pools.old': /Upgrade that pool first/ }],
    ['a pool too far behind, even if it goes along', wrong('v1.35.2', [pool('old', 'v1.35.2')], { pools: [{ name: 'old', version: 'v1.31.0' }] }), { 'pools.old': /Upgrade that pool first/ }],
    ['a pool that is newer', wrong('v1.34.3', [pool('odd', 'v1.34.3')], { pools: [{ name: 'odd', version: 'v1.35.0' }] }), { 'pools.odd': /cannot be downgraded/ }],
  ])('%s is refused at its field', (_, found, expected) => {
    expect(Object.keys(found)).toEqual(Object.keys(expected))
    for (const [path, words] of Object.entries(expected)) expect(found[path]).toMatch(words)
  })
})
