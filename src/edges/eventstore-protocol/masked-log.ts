import { isDeepStrictEqual } from 'node:util'
import type { RecordedEvent } from '#kernel'
import { toWire } from '../../platform/engines/eventstoredb/wire.ts'
import { knownMetadata } from '../../platform/storage/event-log/known-metadata.ts'
import type { Slice } from '../../platform/storage/event-log/port.ts'
import type { ReadableLog } from './read-pages.ts'

/** Masks an event for callers without full access. */
type Mask = (event: RecordedEvent) => RecordedEvent

/**
 * Masks an event with its original bytes. The data of another program is returned byte for byte only where nothing in
 * it is masked, and of its metadata only the keys that Agora knows.
 */
const maskedWhole = (event: RecordedEvent, masked: Mask): RecordedEvent => {
  const { original, ...rest } = masked(event)
  const shown = { ...rest, metadata: knownMetadata(rest.metadata) }
  if (!original || !isDeepStrictEqual(shown.data, event.data)) return shown
  const metadata = JSON.stringify(toWire(shown.metadata, shown.at))
  return { ...shown, original: { ...original, metadata: Buffer.from(metadata).toString('base64') } }
}

/** View of the log for callers without full access. */
export const maskedLog = (log: ReadableLog, mask: Mask): ReadableLog => {
  const masked = (event: RecordedEvent) => maskedWhole(event, mask)
  const all = (slice: Slice): Slice => ({ ...slice, events: slice.events.map(masked) })
  return {
    ...log,
    read: async (stream, range) =>
      (await log.read(stream, range)).map(masked).filter((event) => event.stream === stream),
    readAll: async (range) => all(await log.readAll(range)),
    subscribe: async function* (after, options) {
      for await (const slice of log.subscribe(after, options)) yield all(slice)
    },
  }
}
