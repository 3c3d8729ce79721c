import type { Catalogue } from '#kernel'
import type { EventLog } from './port.ts'

/**
 * A log that hides streams whose names derive from the names or addresses of people, so that guesses cannot be confirmed: such
 * streams are empty when read by name, and listed under opaque names. Their events are in `readAll`, where `maskedEvent` masks
 * them.
 * @param log the log to read
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
