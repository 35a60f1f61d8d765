import { expect, test } from 'vitest'
import { nodeMaskIn, podRoom, podRoomWords } from '@/lib/cluster/pod-room'

test('each machine takes a part of the pod network, /24 unless an argument says otherwise', () => {
  expect([podRoom({ pods: ['10.244.0.0/22'] }), podRoom({ pods: ['10.244.0.0/24'] }), podRoom({ pods: ['10.244.0.0/22'], nodeMask: 25 })]).toEqual([4, 1, 8])
  expect(podRoomWords({ pods: ['10.244.0.0/22'] }, 4)).toBe('The pod network 10.244.0.0/22 has room for 4 machines, a /24 each')
})
test('what nobody can tell is not counted', () => {
  for (const pods of [[], ['fd00::/48'], ['nonsense'], ['10.244.0.0/26']]) expect(podRoom({ pods }), String(pods)).toBeNull()
})
test('the mask is the last that the controller manager is given', () => {
  expect([nodeMaskIn([]), nodeMaskIn(['--v=2', '--node-cidr-mask-size=25']), nodeMaskIn(['--node-cidr-mask-size=25', '--node-cidr-mask-size-ipv4=26']), nodeMaskIn(['--node-cidr-mask-size-ipv6=64'])]).toEqual([null, 25, 26, null])
})
