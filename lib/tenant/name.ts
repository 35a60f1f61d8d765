import { isDns1123Label } from '@/lib/kubernetes/names'

/** A tenant's name is the name of its Namespace, hence a DNS-1123 label: safe in a path of the Kubernetes API. */
export const isTenantName = (name: string): boolean => isDns1123Label(name)
