import { derivedUuid } from '#kernel'
import type { Origin } from '../runtime/execution.ts'

/**
 * Derives the origin of one of several commands that follow from the same request.
 * @param parts identify the command within the request; the same parts give the same origin
 */
export const derivedOrigin = (origin: Origin, ...parts: readonly string[]): Origin => ({
  ...origin,
  commandId: derivedUuid(origin.commandId, ...parts),
})
