import { isDeepStrictEqual } from 'node:util'
import wellKnown from 'google-protobuf/google/protobuf/empty_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import messages from '@eventstore/db-client/generated/streams_pb.js'
import { categoryOf, idOf, type RecordedEvent } from '#kernel'
import { contentOf, contentTypes, type EventBytes } from '../../engines/eventstoredb/event-bytes.ts'
import { fromWire, toWire } from '../../engines/eventstoredb/wire.ts'
import type { Append, Direction, Filter, NewEvent } from './port.ts'

/** Request of `Streams.Read`. */
export type ReadRequest = InstanceType<typeof messages.ReadReq>
/** A message of its answer. */
export type ReadAnswer = InstanceType<typeof messages.ReadResp>
/** A message of `Streams.Append`. */
export type AppendMessage = InstanceType<typeof messages.AppendReq>
/** Its answer. */
export type AppendAnswer = InstanceType<typeof messages.AppendResp>

/** An append of `Streams.BatchAppend`. */
export type BatchMessage = InstanceType<typeof messages.BatchAppendReq>
/** Its answer. */
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

/** Request of a page of one stream. @param from first revision; undefined for the beginning, or backwards for the end */
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

/** Number of events that a server filters between two checkpoints. */
const window = 500

/** Filter of the server: by type if there are types, else by category; its own events, `$`, are always excluded. */
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

/** Request of a page of the whole log. @param from position; forwards including the event there, backwards without it */
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

/** Request of a subscription. @param after position, without the event there; undefined for all events */
export const subscribeRequest = (after: bigint | undefined, filter: Filter): ReadRequest => {
  const options = allRequest(after, filter, 'forwards', true)
  options.setSubscription(new Options.SubscriptionOptions())
  return requestOf(options)
}

/** Whether an event passes a filter: events that pass the server's single filter may be of another category. */
export const isWanted =
  ({ categories, types }: Filter) =>
  ({ stream, type }: RecordedEvent): boolean =>
    !stream.startsWith('$') &&
    !type.startsWith('$') &&
    (!categories || categories.includes(categoryOf(stream))) &&
    (!types || types.includes(type))

/** Value of servers for an unknown position. */
const unknownPosition = 2n ** 64n - 1n

/** Parses the event of an answer; undefined for an answer without event. */
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
    // The server's unit of time is 100 ns.
    at: at ?? new Date(Number(BigInt(about.get('created') ?? 0) / 10_000n)).toISOString(),
  }
}

/**
 * Metadata bytes of another program's event: the original bytes if the log reads the same metadata from them; otherwise the
 * missing parts are added: the time of a copied event, or the version from the catalogue.
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

/** Bytes of an event for a server. @param at time of the event, ISO 8601, unless it has its own */
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

/** The messages of an append. @param at time of its events, ISO 8601, unless an event has its own */
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
 * An append as a message of `BatchAppend`.
 * @param correlationId a UUID that the answer repeats
 * @param at time of its events, ISO 8601, unless an event has its own
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

/** Size of the events of a message, in bytes of data and metadata. */
export const bytesOfMessage = (message: BatchMessage): number =>
  message
    .getProposedMessagesList()
    .reduce(
      (bytes, one) => bytes + one.getData_asU8().length + one.getCustomMetadata_asU8().length,
      0,
    )
