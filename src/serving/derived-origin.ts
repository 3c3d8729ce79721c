import { derivedUuid } from '#kernel'
import type { Origin } from '../runtime/execution.ts'

/**
 * The origin of one of several commands that the same request leads to.
 * @param parts tell the command from the others; the same parts make the same origin
 */
export const derivedOrigin = (origin: Origin, ...parts: readonly string[]): Origin => ({
  ...origin,
  commandId: derivedUuid(origin.commandId, ...parts),
})
