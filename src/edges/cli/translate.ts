import type { RawLog } from './whole-log.ts'

/** At most so many positions are looked up at once. */
const atOnce = 16

/**
 * Finds, for positions in one log, where the same place is in another that holds the same events: the position there of
 * the last event at or before each.
 * @param positions of `from`; 0n, before every event, is 0n everywhere
 * @throws Error when `to` lacks such an event
 */
export const translate = async (
  from: RawLog,
  to: RawLog,
  positions: readonly bigint[],
): Promise<ReadonlyMap<bigint, bigint>> => {
  const placeOf = async (position: bigint): Promise<bigint> => {
    if (position === 0n) return 0n
    // EventStoreDB reads only from positions that it gave: the event before the next one, and not before `position + 1n`.
    const { events: behind } = await from.readAll({ after: position, limit: 1 })
    const { events: before } = await from.readAll({
      ...(behind[0] && { after: behind[0].position }),
      limit: 1,
      direction: 'backwards',
    })
    const [event] = before
    if (!event) return 0n
    const [there] = await to.read(event.stream, { from: event.revision, limit: 1 })
    if (there?.eventId !== event.eventId)
      throw new Error(`The other log lacks revision ${event.revision} of ${event.stream}`)
    return there.position
  }
  const found = new Map<bigint, bigint>()
  const left = [...new Set(positions)]
  while (left.length > 0)
    await Promise.all(
      left.splice(0, atOnce).map(async (position) => found.set(position, await placeOf(position))),
    )
  return found
}
