import { expect, test } from 'vitest'
import { parseMachines } from './vsphere-soap'

const property = (name: string, value: string) => `<propSet><name>${name}</name><val xsi:type="x">${value}</val></propSet>`
const object = (...properties: string[]) => `<objects><obj type="VirtualMachine">vm-7</obj>${properties.join('')}</objects>`

test('a machine is read with its extra configuration, entities undone', () => {
  const option = '<OptionValue><key>guestinfo.metadata</key><value xsi:type="xsd:string">a &lt;&amp;&#34;&#x41;</value></OptionValue>'
  const [machine] = parseMachines(
    object(property('name', 'm1'), property('config.uuid', '42-a'), property('runtime.powerState', 'poweredOn'), property('config.extraConfig', option)),
  )
  expect(machine).toMatchObject({ id: 'vm-7', name: 'm1', uuid: '42-a', poweredOn: true, ipAddress: '' })
  expect(machine?.extraConfig.get('guestinfo.metadata')).toBe('a <&"A')
})

test('templates, and machines that have no configuration yet, are left out', () => {
  expect(parseMachines(object(property('name', 't'), property('config.uuid', '42-b'), property('config.template', 'true')))).toEqual([])
  expect(parseMachines(object(property('name', 'young')))).toEqual([])
})
