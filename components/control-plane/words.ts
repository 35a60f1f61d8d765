import type { PlaneEffect } from '@/lib/control-plane/fields'

export const EFFECTS: Readonly<Record<PlaneEffect, string>> = { pods: 'Replaces Pods', inside: 'In the tenant cluster', 'in-place': 'In place' }
