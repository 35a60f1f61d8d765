import { describe, expect, test } from 'vitest'
import { POLICY_ARGS, policyVersion, withPolicyArgs } from '@/lib/addons/policy-version'

test('the beta from 1.34 on, the general version from 1.36 on, before that none', () => {
  expect(['v1.32.1', 'v1.33.9', 'v1.34.0', '1.35.4', 'v1.36.0', 'v1.40.1', 'latest'].map(policyVersion)).toEqual([null, null, 'v1beta1', 'v1beta1', 'v1', 'v1', null])
})

describe('arguments of the API server', () => {
  test('are added, and what is there is kept', () => {
    expect(withPolicyArgs([])).toEqual(['--feature-gates=MutatingAdmissionPolicy=true', '--runtime-config=admissionregistration.k8s.io/v1beta1=true'])
    expect(withPolicyArgs([])).toEqual(POLICY_ARGS)
    expect(withPolicyArgs(['--v=2', '--feature-gates=A=true,B=false', '--runtime-config=api/beta=true'])).toEqual([
      '--v=2', '--feature-gates=A=true,B=false,MutatingAdmissionPolicy=true', '--runtime-config=api/beta=true,admissionregistration.k8s.io/v1beta1=true',
    ])
    expect(withPolicyArgs(['--runtime-config', '--feature-gates='])).toEqual(['--runtime-config=admissionregistration.k8s.io/v1beta1=true', '--feature-gates=MutatingAdmissionPolicy=true'])
  })
  test('that are enough stay the same list', () => {
    for (const args of [POLICY_ARGS, ['--feature-gates=MutatingAdmissionPolicy=True', '--runtime-config=admissionregistration.k8s.io/v1beta1']]) expect(withPolicyArgs(args)).toBe(args)
  })
  test('that switch it off on purpose are not overruled', () => {
    expect(withPolicyArgs(['--feature-gates=MutatingAdmissionPolicy=false'])).toBeNull()
    expect(withPolicyArgs(['--runtime-config=admissionregistration.k8s.io/v1beta1=0'])).toBeNull()
    expect(withPolicyArgs(['--feature-gates=MutatingAdmissionPolicyX=false'])).not.toBeNull()
  })
})
