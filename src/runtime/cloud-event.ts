import { personalPaths, withoutPersonal, type Published, type RecordedEvent } from '#kernel'
import type { BridgeMessage } from '../platform/messaging/bridge/port.ts'

/** A published event, and the context that publishes it. */
export type PublishedBy = Published & { readonly context: string }

/** Type of a published event: `agora.posts.PostCreated.v1`. */
export const typeOf = ({ context, event, version }: PublishedBy): string =>
  `agora.${context}.${event}.v${version}`

/** Name of a personal field in settings: `PostCreated.content`. */
export const personalName = ({ event }: Pick<Published, 'event'>, path: string): string =>
  `${event}.${path}`

/** Texts that JSON has no escapes for, as nearly all ids are. */
const plain = /^[\w.:-]*$/

/** A text as JSON. */
const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text))

/**
 * Returns the conversion of recorded events to the messages that bridges publish: CloudEvents 1.0 in the JSON event
 * format, with the extension `partitionkey` for the stream. The position is a text, as it may exceed the integers of
 * CloudEvents.
 * @param personal names of the personal fields that are published all the same
 * @returns a function that returns undefined for an event that is not published
 */
export const cloudEventsOf = (
  published: PublishedBy,
  personal: ReadonlySet<string>,
): ((event: RecordedEvent) => BridgeMessage | undefined) => {
  const { context, names, data: schema } = published
  const topic = `${context}.${published.event}`
  const isNamed = (path: string) => personal.has(personalName(published, path))
  const cut = personalPaths(published).every(isNamed) ? undefined : withoutPersonal(schema, isNamed)
  // Each event is written as text: the parts that all events of the type share are written once.
  const [type, source, further] = [
    JSON.stringify(typeOf(published)),
    JSON.stringify(`/agora/${context}`),
    names.length > 0 ? `,"names":${JSON.stringify(names.join(','))}` : '',
  ]
  const afterId = `,"source":${source},"type":${type},"subject":`
  const afterTime = '","datacontenttype":"application/json","partitionkey":'
  return (event) => {
    const data = published.of(event)
    if (data === undefined) return undefined
    const { eventId, stream, revision, position, at, metadata } = event
    const subject = quoted(stream)
    const [correlationId, causationId] = [
      quoted(metadata.correlationId),
      quoted(metadata.causationId),
    ]
    const body =
      `{"specversion":"1.0","id":${quoted(eventId)}${afterId}${subject},"time":"${at}${afterTime}${subject}` +
      `,"position":"${position}","revision":${revision},"correlationid":${correlationId},"causationid":${causationId}` +
      `${further},"data":${JSON.stringify(cut ? cut(data) : data)}}`
    return { id: eventId, key: stream, topic, names, body: Buffer.from(body) }
  }
}
