import { isDeepStrictEqual } from 'node:util'
import wellKnown from 'google-protobuf/google/protobuf/empty_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import messages from '@eventstore/db-client/generated/streams_pb.js'
import { categoryOf, idOf, type RecordedEvent } from '#kernel'
import { contentOf, contentTypes, type EventBytes } from '../../engines/eventstoredb/event-bytes.ts'
import { fromWire, toWire } from '../../engines/eventstoredb/wire.ts'
import type { Append, Direction, Filter, NewEvent } from './port.ts'

/** What is asked of `Streams.Read`. */
export type ReadRequest = InstanceType<typeof messages.ReadReq>
/** One message of its answer. */
export type ReadAnswer = InstanceType<typeof messages.ReadResp>
/** One message of an append. */
export type AppendMessage = InstanceType<typeof messages.AppendReq>
/** What an append is answered with. */
export type AppendAnswer = InstanceType<typeof messages.AppendResp>

/** One append of `Streams.BatchAppend`. */
export type BatchMessage = InstanceType<typeof messages.BatchAppendReq>
/** What it is answered with. */
export type BatchAnswer = InstanceType<typeof messages.BatchAppendResp>

const { Options } = messages.ReadReq

const named = (stream: string) => {
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Buffer.from(stream))
  return identifier
}

const reading = (direction: Direction) => {
  const options = new Options()
  const uuids = new Options.UUIDOption()
  uuids.setString(new shared.Empty())
  options.setUuidOption(uuids)
  options.setResolveLinks(false)
  options.setReadDirection(direction === 'forwards' ? 0 : 1)
  return options
}

const requestOf = (options: ReturnType<typeof reading>): ReadRequest => {
  const request = new messages.ReadReq()
  request.setOptions(options)
  return request
}

/** Asks for a part of one stream. @param from the first revision wanted; undefined for the end, or the beginning */
export const streamRequest = (
  stream: string,
  from: number | undefined,
  limit: number,
  direction: Direction,
): ReadRequest => {
  const options = reading(direction)
  const where = new Options.StreamOptions()
  where.setStreamIdentifier(named(stream))
  if (from !== undefined) where.setRevision(String(from))
  else if (direction === 'forwards') where.setStart(new shared.Empty())
  else where.setEnd(new shared.Empty())
  options.setStream(where)
  options.setCount(String(limit))
  options.setNoFilter(new shared.Empty())
  return requestOf(options)
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`)

const anyOf = (names: readonly string[]): string => `(?:${names.map(escaped).join('|')})`

/** So many events a server looks at before it says how far it has come. */
const window = 500

/** The server looks by type where types are named, by category else; events of its own, `$`, are never wanted. */
const filterOf = ({ categories, types }: Filter, isSubscription: boolean) => {
  const filter = new Options.FilterOptions()
  const expression = new Options.FilterOptions.Expression()
  if (types) filter.setEventType(expression.setRegex(`^${anyOf(types)}$`))
  else if (categories) filter.setStreamIdentifier(expression.setRegex(`^${anyOf(categories)}-`))
  else filter.setEventType(expression.setRegex(String.raw`^[^\$].*`))
  if (isSubscription) filter.setCount(new shared.Empty())
  else filter.setMax(window)
  filter.setCheckpointintervalmultiplier(1)
  return filter
}

const allRequest = (
  from: bigint | undefined,
  filter: Filter,
  direction: Direction,
  isSubscription: boolean,
) => {
  const options = reading(direction)
  const where = new Options.AllOptions()
  if (from !== undefined) {
    const position = new Options.Position()
    position.setCommitPosition(String(from))
    position.setPreparePosition(String(from))
    where.setPosition(position)
  } else if (direction === 'forwards') where.setStart(new shared.Empty())
  else where.setEnd(new shared.Empty())
  options.setAll(where)
  options.setFilter(filterOf(filter, isSubscription))
  return options
}

/** Asks for a page of the whole log. @param from forwards with the event there, backwards without it */
export const pageRequest = (
  from: bigint | undefined,
  limit: number,
  filter: Filter,
  direction: Direction,
): ReadRequest => {
  const options = allRequest(from, filter, direction, false)
  options.setCount(String(limit))
  return requestOf(options)
}

/** Asks for all that comes. @param after the event there is not sent again; undefined for all */
export const subscribeRequest = (after: bigint | undefined, filter: Filter): ReadRequest => {
  const options = allRequest(after, filter, 'forwards', true)
  options.setSubscription(new Options.SubscriptionOptions())
  return requestOf(options)
}

/** Whether an event is wanted: what a server's one filter lets through may still be of another category. */
export const isWanted =
  ({ categories, types }: Filter) =>
  ({ stream, type }: RecordedEvent): boolean =>
    !stream.startsWith('$') &&
    !type.startsWith('$') &&
    (!categories || categories.includes(categoryOf(stream))) &&
    (!types || types.includes(type))

/** What servers say for a position that they do not know. */
const unknownPosition = 2n ** 64n - 1n

/** The event that an answer brings, as the log keeps it; undefined when the answer brings something else. */
export const eventOf = (answer: ReadAnswer): RecordedEvent | undefined => {
  const read = answer.getEvent()
  const event = read?.getEvent()
  if (!read || !event) return undefined
  const stream = Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()
  const about = event.getMetadataMap()
  const eventId = event.getId()?.getString() ?? ''
  const { at, ...content } = contentOf(eventId, {
    contentType: about.get('content-type') ?? '',
    data: event.getData_asU8(),
    metadata: event.getCustomMetadata_asU8(),
  })
  const commit = BigInt(
    read.hasCommitPosition() ? read.getCommitPosition() : event.getCommitPosition(),
  )
  return {
    eventId,
    type: about.get('type') ?? '',
    ...content,
    stream,
    id: idOf(stream),
    revision: Number(event.getStreamRevision()),
    position: commit === unknownPosition ? 0n : commit,
    // The server counts in units of 100 ns.
    at: at ?? new Date(Number(BigInt(about.get('created') ?? 0) / 10_000n)).toISOString(),
  }
}

/**
 * The metadata of another program's event: its bytes as they are, unless the log would not read the same from them. Then
 * what is missing is added: the time of a copy, or the version that a catalogue vouches for.
 */
const foreignMetadata = ({ eventId, metadata, at }: NewEvent, original: Buffer): Buffer => {
  let given: unknown
  try {
    given = original.length > 0 ? JSON.parse(original.toString()) : {}
  } catch {
    return original
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return original
  const read = fromWire(eventId, given)
  const fromBytes: Readonly<Record<string, unknown>> = toWire(read.metadata, read.at ?? '')
  const missing = Object.entries(toWire(metadata, at ?? read.at ?? '')).filter(
    ([name, value]) => !isDeepStrictEqual(fromBytes[name], value),
  )
  return missing.length === 0
    ? original
    : Buffer.from(JSON.stringify({ ...given, ...Object.fromEntries(missing) }))
}

/** An event's bytes as a server is sent them. @param at when it is recorded, ISO 8601, unless it says so itself */
const bytesOf = (event: NewEvent, at: string): EventBytes => {
  const { original } = event
  const ownData = original?.data === undefined
  return {
    contentType: ownData ? contentTypes.json : original.contentType,
    data: ownData
      ? Buffer.from(JSON.stringify(event.data ?? null))
      : Buffer.from(original.data, 'base64'),
    metadata: original
      ? foreignMetadata(event, Buffer.from(original.metadata, 'base64'))
      : Buffer.from(JSON.stringify(toWire(event.metadata, event.at ?? at))),
  }
}

type Proposed =
  | InstanceType<typeof messages.AppendReq.ProposedMessage>
  | InstanceType<typeof messages.BatchAppendReq.ProposedMessage>

const proposedAs = <P extends Proposed>(proposed: P, event: NewEvent, at: string): P => {
  proposed.setId(new shared.UUID().setString(event.eventId))
  const { contentType, data, metadata } = bytesOf(event, at)
  proposed.getMetadataMap().set('type', event.type).set('content-type', contentType)
  proposed.setData(data)
  proposed.setCustomMetadata(metadata)
  return proposed
}

/** An append, message by message. @param at when its events are recorded, ISO 8601, unless they say so themselves */
export const appendMessages = (
  { stream, expected, events }: Append,
  at: string,
): readonly AppendMessage[] => {
  const options = new messages.AppendReq.Options()
  options.setStreamIdentifier(named(stream))
  if (typeof expected === 'number') options.setRevision(String(expected))
  else if (expected === 'none') options.setNoStream(new shared.Empty())
  else if (expected === 'exists') options.setStreamExists(new shared.Empty())
  else options.setAny(new shared.Empty())
  const first = new messages.AppendReq()
  first.setOptions(options)
  return [
    first,
    ...events.map((event) => {
      const proposed = proposedAs(new messages.AppendReq.ProposedMessage(), event, at)
      return new messages.AppendReq().setProposedMessage(proposed)
    }),
  ]
}

/**
 * An append as one message of `BatchAppend`.
 * @param correlationId a UUID by which its answer is known
 * @param at when its events are recorded, ISO 8601, unless they say so themselves
 */
export const batchMessage = (
  correlationId: string,
  { stream, expected, events }: Append,
  at: string,
): BatchMessage => {
  const options = new messages.BatchAppendReq.Options()
  options.setStreamIdentifier(named(stream))
  if (typeof expected === 'number') options.setStreamPosition(String(expected))
  else if (expected === 'none') options.setNoStream(new wellKnown.Empty())
  else if (expected === 'exists') options.setStreamExists(new wellKnown.Empty())
  else options.setAny(new wellKnown.Empty())
  const message = new messages.BatchAppendReq().setOptions(options).setIsFinal(true)
  message.setCorrelationId(new shared.UUID().setString(correlationId))
  message.setProposedMessagesList(
    events.map((event) => proposedAs(new messages.BatchAppendReq.ProposedMessage(), event, at)),
  )
  return message
}

/** What the events of a message weigh, in bytes of data and metadata. */
export const bytesOfMessage = (message: BatchMessage): number =>
  message
    .getProposedMessagesList()
    .reduce(
      (bytes, one) => bytes + one.getData_asU8().length + one.getCustomMetadata_asU8().length,
      0,
    )
