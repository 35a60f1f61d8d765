import { expect, test } from 'vitest'
import { compareVersions, minorOf, parseVersion, plainVersion, sameVersion } from '@/lib/kubernetes/version'

test('versions are read with or without v and build', () => {
  expect(parseVersion('v1.35.4')).toEqual({ major: 1, minor: 35, patch: 4 })
  expect(parseVersion('1.35.4+vmware.1')).toEqual({ major: 1, minor: 35, patch: 4 })
  for (const bad of ['', 'v1.35', 'latest', 'v1.35.4; rm']) expect(parseVersion(bad), bad).toBeNull()
})

test('versions sort by number, not by text, and unreadable ones first', () => {
  expect(['v1.9.0', 'v1.10.1', 'x', 'v1.10.0'].sort(compareVersions)).toEqual(['x', 'v1.9.0', 'v1.10.0', 'v1.10.1'])
})

test('minor, plain form and sameness', () => {
  expect(minorOf('v1.35.4')).toBe('1.35')
  expect(plainVersion('v1.35.4')).toBe('1.35.4')
  expect(sameVersion('v1.35.4', '1.35.4')).toBe(true)
})
