import { createCluster, machinesIn } from './support/create'
import { picture } from './support/picture'
import { expect, test } from './support/test'
import { guestDevices } from './support/vcenter'

interface Pool { readonly metadata: { readonly generation: number }; readonly spec: { readonly addresses: readonly string[] }; readonly status?: { readonly ipAddresses?: { readonly total: number; readonly used: number } } }

test('a pool of addresses that is too small grows while it is in use; what a machine holds cannot be taken away', async ({ page, tenant, lab, facts }) => {
  test.setTimeout(480_000)
  const pool = async () => (await lab.custom.getNamespacedCustomObject({ group: 'ipam.cluster.x-k8s.io', version: 'v1alpha2', namespace: tenant, plural: 'inclusterippools', name: 'addr' })) as Pool
  const machines = async () => ((await lab.custom.listNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'machines' })) as { items: { metadata: { uid: string } }[] }).items.map(({ metadata }) => metadata.uid)
  await createCluster(page, tenant, { name: 'addr', replicas: 1, range: '10.40.12.64-10.40.12.65', secondNetwork: 'vlan-50-nodes', ipv6: { range: '2001:db8:40::40-2001:db8:40::5f', gateway: '2001:db8:40::1' } })
  await expect(machinesIn(page, 'Ready')).toHaveCount(1, { timeout: 150_000 })
  const [first] = await machines()
  const [vm] = ((await lab.custom.listNamespacedCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'vspherevms' })) as { items: { spec: { network: { devices: { networkName: string }[] } } }[] }).items
  expect(vm?.spec.network.devices.map(({ networkName }) => networkName)).toEqual(['vlan-40-nodes', 'vlan-50-nodes'])

  await test.step('a third machine does not fit', async () => {
    await page.getByRole('button', { name: 'Scale pool general' }).click()
    const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
    await size.fill('3')
    await size.blur()
    await page.getByRole('dialog').getByRole('button', { name: /Scale|Add/ }).click()
    await expect(page.getByRole('dialog').getByText(/at most 2 machines fit|2 addresses|1 (is )?free/).first()).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('the page shows who holds what', async () => {
    await page.getByRole('link', { name: /of 2 free/ }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Addresses of addr' })).toBeVisible()
    await expect(page.getByText('1 of 2 in use, 1 free.')).toBeVisible()
    await expect(page.getByText('1 of 32 in use, 31 free.')).toBeVisible()
    await expect(page.getByRole('table', { name: 'Who holds each address' }).getByRole('row', { name: /2001:db8:40::40/ })).toContainText('general-')
    await expect(page.getByRole('img', { name: /1 your machines, 1 yours, to grow/ })).toBeVisible()
    await expect(page.getByRole('table', { name: 'Who holds each address' }).getByRole('row', { name: /10\.40\.12\.64/ })).toContainText('general-')
    await picture(page, 'addresses')
  })

  const form = page.getByRole('form', { name: 'Ranges of addr', exact: true })
  const range = (number: number) => form.getByRole('textbox', { name: `Range ${number}` })
  const review = form.getByRole('button', { name: 'Review ranges' })
  const save = form.getByRole('button', { name: 'Save ranges' })

  await test.step('a pool smaller than what is allocated is refused, with the machine, and nothing is written', async () => {
    const { generation } = (await pool()).metadata
    await range(1).fill('10.40.12.65-10.40.12.70')
    await review.click()
    await expect(page.getByText(/10\.40\.12\.64 is held by addr-general-\S+\. Keep it in a range/)).toBeVisible()
    await range(1).fill('10.40.13.64-10.40.13.70')
    await expect(page.getByText('10.40.13.64-10.40.13.70 is not inside 10.40.12.0/24, the network of this pool.')).toBeVisible()
    expect((await pool()).metadata.generation).toBe(generation)
  })

  await test.step('it grows in place, by a range of its own', async () => {
    await form.getByRole('button', { name: 'Undo' }).click()
    await form.getByRole('button', { name: 'Add range' }).click()
    await range(2).fill(' 10.40.12.80 - 10.40.12.83')
    await expect(page.getByText('6 addresses then; 1 stay in use.')).toBeVisible()
    await review.click()
    await form.getByRole('button', { name: /InClusterIPPool addr changed/ }).click()
    await expect(form.getByRole('region', { name: 'Difference of InClusterIPPool addr' })).toContainText('+     - 10.40.12.80-10.40.12.83')
    expect((await pool()).spec.addresses).toEqual(['10.40.12.64-10.40.12.65'])
    await save.click()
    await expect(page.getByText('1 of 6 in use, 5 free.')).toBeVisible()
    expect((await pool()).spec.addresses).toEqual(['10.40.12.64-10.40.12.65', '10.40.12.80-10.40.12.83'])
  })

  await test.step('and three machines fit; the first one was not touched', async () => {
    await page.getByRole('link', { name: 'See the cluster' }).click()
    await page.getByRole('button', { name: 'Scale pool general' }).click()
    const size = page.getByRole('dialog').getByRole('textbox', { name: 'Machines' })
    await size.fill('3')
    await size.blur()
    await page.getByRole('dialog').getByRole('button', { name: /Scale|Add/ }).click()
    await expect(machinesIn(page, 'Ready')).toHaveCount(3, { timeout: 120_000 })
    expect(await machines()).toContain(first)
    await page.goto(`/t/${tenant}/clusters/addr/addresses`)
    await expect(page.getByRole('table', { name: 'Who holds each address' }).getByRole('row', { name: /10\.40\.12\.80/ })).toBeVisible()
  })

  const pools = page.getByRole('table', { name: 'Node pools' })
  const row = page.getByRole('table', { name: /Machines/ }).getByRole('row').filter({ hasText: /edge-/ })
  const edges = async () => ((await lab.custom.listNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'machines' })) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('addr-edge-'))
  const guest = async (name: string) => (await guestDevices(facts, name))[0]
  let edge = ''

  await test.step('a pool with one fixed address: too few for the machine made ahead is said at the field', async () => {
    await page.goto(`/t/${tenant}/clusters/addr/pools/new`)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('edge')
    await page.getByRole('button', { name: /^More networks/ }).click()
    await page.getByRole('button', { name: 'Remove network 2' }).click()
    await page.getByRole('button', { name: /^Network/ }).click()
    await page.getByRole('combobox', { name: 'Addresses', exact: true }).click()
    await page.getByRole('option', { name: /Fixed addresses/ }).click()
    await page.getByRole('textbox', { name: 'Gateway' }).fill('10.40.12.1')
    await page.getByRole('textbox', { name: 'Fixed addresses' }).fill('10.40.12.65')
    await page.getByRole('textbox', { name: 'Fixed addresses' }).blur()
    await expect(page.getByText('10.40.12.65 is in addr as well: two machines could get the same address.')).toBeVisible()
    await page.getByRole('textbox', { name: 'Fixed addresses' }).fill('10.40.12.90')
    await page.getByRole('textbox', { name: 'Search domains' }).fill('edge.example.com')
    await page.getByRole('textbox', { name: 'Static routes' }).fill('10.9.0.0/16 via 10.40.12.254')
    await page.getByRole('textbox', { name: 'MTU' }).fill('1400')
    await expect(page.getByText('1 machine and 1 made ahead during changes need 2; these are 1.', { exact: false })).toBeVisible()
    await page.getByRole('button', { name: /^Replacement/ }).click()
    await page.getByRole('textbox', { name: 'Made ahead' }).fill('0')
    await page.getByRole('textbox', { name: 'Missing meanwhile' }).fill('1')
    await page.getByRole('textbox', { name: 'Missing meanwhile' }).blur()
    await expect(page.getByText('1 machine and 1 made ahead', { exact: false })).toBeHidden()
    await picture(page, 'fixed-addresses', 900, page.getByRole('button', { name: /^Network/ }))
    await page.getByRole('button', { name: 'Review the new pool' }).click()
    await page.getByRole('button', { name: 'Add pool edge' }).click()
    await expect(page).toHaveURL(/clusters\/addr$/)
  })

  await test.step('its machine gets that address, and the guest all of its network', async () => {
    await expect(machinesIn(page, 'Ready')).toHaveCount(4, { timeout: 120_000 })
    await expect(row).toContainText('10.40.12.90')
    edge = (await edges())[0] ?? ''
    expect(await guest(edge)).toMatchObject({
      addresses: ['10.40.12.90/24'], gateway4: '10.40.12.1', dhcp4: false, mtu: 1400, routes: [{ to: '10.9.0.0/16', via: '10.40.12.254', metric: 100 }],
      nameservers: { addresses: ['10.40.0.2'], search: ['edge.example.com'] },
    })
  })

  await test.step('two machines of one address are refused, and its successor has it again', async () => {
    await page.getByRole('button', { name: 'Scale pool edge' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Machines' }).fill('2')
    await dialog.getByRole('textbox', { name: 'Machines' }).blur()
    await dialog.getByRole('button', { name: /Scale|Add/ }).click()
    await expect(dialog.getByText(/1 more need 1 address; 0 addresses are free in pool addr-edge-fixed-/).first()).toBeVisible()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'More for pool edge' }).click()
    await page.getByRole('menuitem', { name: 'Restart all machines' }).click()
    await page.getByRole('button', { name: 'Replace all machines' }).click()
    await expect.poll(edges, { timeout: 120_000 }).not.toContain(edge)
    await expect(row.filter({ has: page.getByText('Ready', { exact: true }) })).toContainText('10.40.12.90', { timeout: 120_000 })
    expect((await guest((await edges())[0] ?? ''))?.['addresses']).toEqual(['10.40.12.90/24'])
    await expect(pools.getByRole('row', { name: /edge/ })).toContainText('Ready')
  })
})
