import { nearestName } from '#kernel/nearest-name'
import { BadUsage } from './failure.ts'
import type { ReplaySource } from './replay-source.ts'

/** Page size of the search for an undeclared type, in events. */
const pageSize = 1_000

/** Whether the log has an event of a type; other programs may have appended types that Agora does not declare. */
const hasEventOf = async (source: ReplaySource, type: string): Promise<boolean> => {
  for (let after = 0n; ;) {
    const { events, position, caughtUp } = await source.page(after, pageSize, { types: [type] })
    if (events.length > 0) return true
    if (caughtUp || position <= after) return false
    after = position
  }
}

/**
 * Checks that selected event types are declared, or occur in the log.
 * @param declared returns the types that Agora declares
 * @throws BadUsage for an unknown type, with the name that was probably meant
 */
export const checkTypes = async (
  source: ReplaySource,
  types: readonly string[],
  declared: () => Promise<ReadonlySet<string>>,
): Promise<void> => {
  const known = await declared()
  for (const type of types) {
    if (known.has(type) || (await hasEventOf(source, type))) continue
    const meant = nearestName(type, known)
    throw new BadUsage(
      `No event type "${type}" is known${meant === undefined ? '; docs/events.md lists them' : `; did you mean ${meant}?`}`,
    )
  }
}
