import type { RawLog } from './whole-log.ts'

/** Maximum number of concurrent lookups. */
const maxConcurrent = 16

/**
 * Translates positions of one log to another with the same events: each to the position of the last event at or before
 * it.
 * @param positions of `from`; 0n, before every event, stays 0n
 * @throws Error when `to` lacks such an event
 */
export const translate = async (
  from: RawLog,
  to: RawLog,
  positions: readonly bigint[],
): Promise<ReadonlyMap<bigint, bigint>> => {
  const translated = async (position: bigint): Promise<bigint> => {
    if (position === 0n) return 0n
    // EventStoreDB reads only from positions of its events: so before the next event, not before `position + 1n`.
    const { events: following } = await from.readAll({ after: position, limit: 1 })
    const { events: before } = await from.readAll({
      ...(following[0] && { after: following[0].position }),
      limit: 1,
      direction: 'backwards',
    })
    const [event] = before
    if (!event) return 0n
    const [copied] = await to.read(event.stream, { from: event.revision, limit: 1 })
    if (copied?.eventId !== event.eventId)
      throw new Error(`The other log lacks revision ${event.revision} of ${event.stream}`)
    return copied.position
  }
  const found = new Map<bigint, bigint>()
  const left = [...new Set(positions)]
  while (left.length > 0)
    await Promise.all(
      left
        .splice(0, maxConcurrent)
        .map(async (position) => found.set(position, await translated(position))),
    )
  return found
}
