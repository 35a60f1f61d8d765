import { expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import { OLDER, toContract } from '@/lib/manifests/v1beta1'
import { facts, made } from '@/lib/node-pool/fixtures'
import { machineFactsOf } from '@/lib/node-pool/machine-facts'

const template = made().machineTemplates[0] ?? expect.fail()

test('a new pool takes over what a template of either contract says', () => {
  expect(machineFactsOf(template)).toEqual(facts)
  expect(machineFactsOf(toContract(template, OLDER))).toEqual(facts)
})

test('what is not plain is not guessed', () => {
  expect(machineFactsOf(withAt(template, ['spec', 'template', 'spec', 'datacenter'], undefined))).toBeNull()
})
