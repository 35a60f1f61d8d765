import type { Origin } from '@/lib/adopt/origin'

/** `Helm, release blue-1` */
export const originWords = ({ tool, release }: Origin): string => (release === null ? tool : `${tool}, release ${release}`)
