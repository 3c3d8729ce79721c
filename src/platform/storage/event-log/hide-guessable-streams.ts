import type { Catalogue } from '#kernel'
import type { EventLog } from './port.ts'

/**
 * A log whose streams cannot be found by guessing what somebody is called: those whose names follow from that are not
 * there to be read by name, and are listed under names that say nothing. Their events are in the log as others are;
 * `told` masks them.
 * @param log what is read
 */
export const hideGuessableStreams = <L extends Pick<EventLog, 'read' | 'streams'>>(
  log: L,
  { streamTold }: Pick<Catalogue, 'streamTold'>,
): L => ({
  ...log,
  read: async (stream, range) => (streamTold(stream) === stream ? log.read(stream, range) : []),
  streams: async (range) =>
    (await log.streams(range)).map((found) => ({ ...found, stream: streamTold(found.stream) })),
})
