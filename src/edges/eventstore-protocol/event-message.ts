import type { RecordedEvent } from '#kernel'
import { contentTypes } from '../../platform/engines/eventstoredb/event-bytes.ts'
import { messageWriter } from './message-writer.ts'
import type { IdFormat } from './read-request.ts'
import { toWire } from '../../platform/engines/eventstoredb/wire.ts'

const { begin, number, bits, text, bytes, nested, finish } = messageWriter()

const lowerHalf = 2n ** 64n - 1n

/** Field numbers of EventStoreDB's streams.proto, persistent.proto (the same, with a retry count) and shared.proto. */
const response = { event: 1 }
const readEvent = { event: 1, commitPosition: 3, retryCount: 5 }
const recorded = {
  id: 1,
  stream: 2,
  revision: 3,
  preparePosition: 4,
  commitPosition: 5,
  metadata: 6,
  customMetadata: 7,
  data: 8,
}
const streamIdentifier = { name: 3 }
const uuid = { structured: 1, string: 2 }
const structured = { mostSignificant: 1, leastSignificant: 2 }
const mapEntry = { key: 1, value: 2 }

/**
 * Encodes an event as an answer of `Streams.Read`, or with `retries` as one of `PersistentSubscriptions.Read`. Hand-written: the generated classes take several times as long, and
 * a reader that catches up receives nothing else.
 * @param event of the log; its position is used as commit and prepare position
 * @param ids format of its id
 * @param retries number of times that a consumer got it before
 */
export const eventMessage = (event: RecordedEvent, ids: IdFormat, retries?: number): Buffer => {
  const { original } = event
  const data = original?.data ?? JSON.stringify(event.data)
  const metadata = original?.metadata ?? JSON.stringify(toWire(event.metadata, event.at))
  const isOwnData = original?.data === undefined
  const position = Number(event.position)
  // A UTF-16 code unit takes at most three bytes in UTF-8.
  begin((data.length + metadata.length + event.stream.length + event.type.length) * 3 + 1_024)

  const entry = (key: string, value: string): void =>
    nested(recorded.metadata, () => {
      text(mapEntry.value, value)
      text(mapEntry.key, key)
    })
  const id = (): void => {
    if (ids === 'text') return text(uuid.string, event.eventId)
    const all = BigInt(`0x${event.eventId.replaceAll('-', '')}`)
    nested(uuid.structured, () => {
      bits(structured.leastSignificant, all & lowerHalf)
      bits(structured.mostSignificant, all >> 64n)
    })
  }

  // From the last field to the first, as the writer requires.
  nested(response.event, () => {
    if (retries !== undefined) number(readEvent.retryCount, retries)
    number(readEvent.commitPosition, position)
    nested(readEvent.event, () => {
      if (isOwnData) text(recorded.data, data)
      else bytes(recorded.data, Buffer.from(data, 'base64'))
      if (!original) text(recorded.customMetadata, metadata)
      else bytes(recorded.customMetadata, Buffer.from(metadata, 'base64'))
      // In ticks of 100 ns since 1970.
      entry('created', `${Date.parse(event.at)}0000`)
      entry('content-type', isOwnData ? contentTypes.json : original.contentType)
      entry('type', event.type)
      number(recorded.commitPosition, position)
      number(recorded.preparePosition, position)
      number(recorded.revision, event.revision)
      nested(recorded.stream, () => text(streamIdentifier.name, event.stream))
      nested(recorded.id, id)
    })
  })
  return finish()
}
