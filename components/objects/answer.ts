import type { ErrorView } from '@/lib/errors'

/** A request that got no answer, or none that the portal would give. */
export const unanswered = (what: string): ErrorView => ({ code: 'internal', message: `${what} The portal did not answer; try again in a moment.` })
