import { expect, test } from 'vitest'
import { addOnProblems, addOnsProblems, storageClassProblems } from '@/lib/addons/rules'
import { BARE_STORAGE, defaultAddOns, type AddOnSettings } from '@/lib/addons/spec'

const said = (settings: AddOnSettings): Record<string, string> => Object.fromEntries(addOnProblems(settings, 'v1.35.2').map(({ path, message }) => [path.join('.'), message]))
const cpi = { name: 'cpi', region: '', zone: '', version: '' } as const
const csi = { name: 'csi', ...BARE_STORAGE } as const

test('what the form begins with breaks no rule', () => expect(addOnsProblems(defaultAddOns(), 'v1.35.2')).toEqual([]))

test('what is switched off has no rules', () => {
  const addOns = defaultAddOns()
  expect(addOnsProblems({ ...addOns, csi: { ...addOns.csi, enabled: false, className: 'NO' } }, 'v1.35.2')).toEqual([])
  expect(addOnsProblems({ ...addOns, csi: { ...addOns.csi, className: 'NO' } }, 'v1.35.2').map(({ path }) => path)).toEqual([['addOns', 'csi', 'className']])
})

test('a version is of the cluster’s minor', () => {
  expect(said({ ...cpi, version: 'v1.35.9' })).toEqual({})
  expect(said({ ...cpi, version: 'v1.34.0' }).version).toBe('CPI has to be of the cluster\'s own minor: v1.35.x.')
  expect(said({ name: 'autoscaler', version: 'latest' }).version).toMatch(/^Give a version like/)
  // A tag could be made to name another image.
  expect(said({ ...cpi, version: 'v1.35.1@sha256:0' }).version).toMatch(/^Give a version like/)
})

test('tag categories come in pairs', () => {
  expect(said({ ...cpi, region: 'k8s-region', zone: 'k8s-zone' })).toEqual({})
  expect(Object.keys(said({ ...cpi, region: 'k8s-region' }))).toEqual(['zone'])
  expect(Object.keys(said({ ...cpi, zone: 'k8s-zone' }))).toEqual(['region'])
  expect(Object.keys(said({ ...cpi, region: 'a\nb', zone: 'z' }))).toEqual(['region'])
  expect(Object.keys(said({ ...csi, region: 'k8s-region' }))).toEqual(['zone'])
})

test('a scraper is one ServiceAccount, or the platform’s', () => {
  const scraper = (text: string) => Object.keys(said({ name: 'metrics', scraper: text }))
  for (const right of ['', 'monitoring/prometheus', 'monitoring-system/kube-prometheus-stack-prometheus']) expect(scraper(right)).toEqual([])
  for (const wrong of ['prometheus', 'a/b/c', 'Mon/p', '/p', 'system:serviceaccount:a:b']) expect(scraper(wrong)).toEqual(['scraper'])
})

test('a StorageClass has a name that Kubernetes takes, and one place', () => {
  expect(said({ ...csi, policy: 'vSAN Default Storage Policy' })).toEqual({})
  expect(said({ ...csi, datastoreUrl: 'ds:///vmfs/volumes/5f7a-1/' })).toEqual({})
  expect(Object.keys(said({ ...csi, className: 'Fast SSD' }))).toEqual(['className'])
  expect(Object.keys(said({ ...csi, datastoreUrl: 'ssd-01' }))).toEqual(['datastoreUrl'])
  expect(said({ ...csi, policy: 'Gold', datastoreUrl: 'ds:///vmfs/volumes/5f7a-1/' })).toEqual({ datastoreUrl: 'Give a storage policy or a datastore, not both.' })
})

test('without a StorageClass there is nothing to set of one', () => {
  expect(said({ ...csi, className: '' })).toEqual({})
  expect(Object.keys(said({ ...csi, className: '', policy: 'Gold' }))).toEqual(['policy'])
})

test('what Kubernetes keeps of a StorageClass takes another name; the rest does not', () => {
  const problems = (change: Partial<typeof csi>) => storageClassProblems(csi, { ...csi, ...change } as AddOnSettings)
  expect(problems({ reclaimPolicy: 'Retain', binding: 'Immediate' } as object)).toEqual([{ path: ['className'], message: 'The StorageClass vsphere keeps its reclaim policy and volume binding for ever. Give the new one another name.' }])
  expect(problems({ datastoreUrl: 'ds:///vmfs/volumes/a/' } as object)).toHaveLength(1)
  expect(problems({ reclaimPolicy: 'Retain', className: 'kept' } as object)).toEqual([])
  expect(problems({ reclaimPolicy: 'Retain', className: '' } as object)).toEqual([])
  expect(problems({ expansion: 'refused', isDefault: 'no', logLevel: 'DEVELOPMENT' } as object)).toEqual([])
  expect(storageClassProblems(null, csi)).toEqual([])
  expect(storageClassProblems({ ...csi, className: '', policy: '' }, { ...csi, className: '', reclaimPolicy: 'Retain' })).toEqual([])
})
