import { z } from 'zod'
import { isDns1123Label } from '@/lib/kubernetes/names'

/** A tenant's name is the name of its Namespace, hence a DNS-1123 label: safe in a path of the Kubernetes API. */
export const tenantName = z.string().refine(isDns1123Label, 'A tenant’s name has a–z, 0–9 and “-”, up to 63 characters.').brand('TenantName')
export type TenantName = z.infer<typeof tenantName>

export const isTenantName = (name: string): name is TenantName => isDns1123Label(name)
