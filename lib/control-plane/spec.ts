import type { z } from 'zod'
import { clusterShape } from '@/lib/cluster/spec'

/** What is asked of a control plane, as create has it: the form's paths are the same (`controlPlane.advanced.certSANs`), and so are the rules. */
export const planeShape = clusterShape.pick({ controlPlane: true })
export type PlaneSpec = z.infer<typeof planeShape>
