import { BARE_STORAGE, csiShape } from '@/lib/addons/spec'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { ValuesReader } from '@/lib/import/values-reader'

const STORAGE = 'vSphereStorageControllerManager'
export const STORAGE_CLASS = `${STORAGE}.storageClass`

/** Of a values.yaml; what the file leaves out stays as in the form. */
export function addOnsOf(read: ValuesReader, { addOns }: ClusterSpec): ClusterSpec['addOns'] {
  return {
    ...addOns,
    cpi: { ...addOns.cpi, enabled: read.flag('vSphereCloudControllerManager.enabled') ?? addOns.cpi.enabled },
    csi: {
      ...addOns.csi,
      enabled: read.flag(`${STORAGE}.enabled`) ?? addOns.csi.enabled,
      logLevel: read.oneOf(`${STORAGE}.logLevel`, LEVELS) ?? addOns.csi.logLevel,
      ...storageClassOf(read, addOns.csi),
    },
    metrics: { enabled: read.flag('cluster.metrics.enabled') ?? addOns.metrics.enabled, scraper: scraperOf(read) ?? addOns.metrics.scraper },
  }
}

const { reclaimPolicy: POLICIES, binding: BINDINGS, logLevel: LEVELS } = {
  reclaimPolicy: csiShape.shape.reclaimPolicy.unwrap().options, binding: csiShape.shape.binding.unwrap().options, logLevel: csiShape.shape.logLevel.unwrap().options,
}

function storageClassOf(read: ValuesReader, csi: ClusterSpec['addOns']['csi']): Partial<ClusterSpec['addOns']['csi']> {
  const at = STORAGE_CLASS
  const made = read.flag(`${at}.enabled`)
  if (made === false) return { className: '', policy: '', datastoreUrl: '' }
  const expansion = read.flag(`${at}.allowVolumeExpansion`)
  const isDefault = read.flag(`${at}.default`)
  return {
    className: read.text(`${at}.name`) ?? (made === true && csi.className === '' ? BARE_STORAGE.className : csi.className),
    policy: read.text(`${at}.parameters.storagepolicyname`) ?? csi.policy,
    datastoreUrl: read.text(`${at}.parameters.datastoreurl`) ?? csi.datastoreUrl,
    reclaimPolicy: read.oneOf(`${at}.reclaimPolicy`, POLICIES) ?? csi.reclaimPolicy,
    binding: read.oneOf(`${at}.volumeBindingMode`, BINDINGS) ?? csi.binding,
    expansion: expansion === null ? csi.expansion : expansion ? 'allowed' : 'refused',
    isDefault: isDefault === null ? csi.isDefault : isDefault ? 'yes' : 'no',
  }
}

/** A name that the file leaves out is the chart's. */
function scraperOf(read: ValuesReader): string | null {
  const at = 'cluster.metrics.serviceAccount'
  const name = read.text(`${at}.name`)
  const namespace = read.text(`${at}.namespace`)
  return name === null && namespace === null ? null : `${namespace ?? 'monitoring-system'}/${name ?? 'kube-prometheus-stack-prometheus'}`
}
