import { expect, test } from 'vitest'
import { withExtraArgs } from './api-server'

test('an argument of the person takes the place of Kamaji’s own, and the last of two is taken', () => {
  const own = ['--authorization-mode=Node,RBAC', '--profiling=false', '--allow-privileged']
  expect(withExtraArgs(own, [])).toEqual(own)
  expect(withExtraArgs(own, ['--feature-gates=A=true', '--profiling=true', '--feature-gates=B=true'])).toEqual([
    '--authorization-mode=Node,RBAC', '--profiling=true', '--allow-privileged', '--feature-gates=B=true',
  ])
})
