import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { Direction } from '../../platform/storage/event-log/port.ts'
import { badArgument } from './call-refused.ts'
import { nameFilter, type NameFilter } from './name-filter.ts'

/** Start of a read: an end, or a revision or position. */
export type Start = bigint | 'start' | 'end'

/** Format of event ids: text, or two halves of 64 bits. */
export type IdFormat = 'text' | 'halves'

/** A parsed request of `Streams.Read`. */
export type ReadRequest = {
  /** The stream to read; undefined for the whole log. */
  readonly stream: string | undefined
  readonly from: Start
  readonly direction: Direction
  /** Maximum number of events, or `live` for a subscription. */
  readonly count: number | 'live'
  readonly filter: NameFilter | undefined
  readonly ids: IdFormat
  /** Whether the client requests the end of the stream or log as last answer. */
  readonly wantsEnd: boolean
}

type Options = ReadReq.Options

/** Default of EventStoreDB for the events considered between checkpoints; the multiplier applies to it. */
const defaultWindow = 32

const filterOf = (options: Options): NameFilter | undefined => {
  const filter = options.getFilter()
  if (!filter) return undefined
  const of = filter.hasStreamIdentifier() ? 'stream' : 'type'
  const expression = filter.getStreamIdentifier() ?? filter.getEventType()
  if (!expression) throw badArgument('filter: must name streams or event types')
  const window = filter.hasMax() ? filter.getMax() : defaultWindow
  return nameFilter(
    { of, prefixes: expression.getPrefixList(), regex: expression.getRegex() },
    Math.max(1, window) * Math.max(1, filter.getCheckpointintervalmultiplier()),
  )
}

/** Number that stands for the end on the wire. */
const end = 2n ** 64n - 1n

const startAt = (number: string): Start => {
  const at = BigInt(number)
  return at >= end ? 'end' : at
}

const startOf = (options: Options): Start => {
  const place = options.getStream() ?? options.getAll()
  if (!place) throw badArgument('options: must name a stream or all')
  if (place.hasStart()) return 'start'
  if (place.hasEnd()) return 'end'
  const revision = options.getStream()
  if (revision?.hasRevision()) return startAt(revision.getRevision())
  const position = options.getAll()?.getPosition()
  if (position) return startAt(position.getCommitPosition())
  throw badArgument('options: a start is missing: start, end, a revision or a position')
}

const countOf = (options: Options): number | 'live' => {
  if (options.hasSubscription()) return 'live'
  if (!options.hasCount()) throw badArgument('options: must have a count or a subscription')
  return Number(options.getCount())
}

/**
 * Parses a request of `Streams.Read`.
 * @throws CallRefused when the request is invalid
 */
export const readRequestOf = (request: ReadReq): ReadRequest => {
  const options = request.getOptions()
  if (!options) throw badArgument('options: missing')
  const name = options.getStream()?.getStreamIdentifier()?.getStreamName_asU8()
  const filter = filterOf(options)
  if (filter && options.hasStream())
    throw badArgument('filter: applies to reading all streams only')
  const count = countOf(options)
  const direction = options.getReadDirection() === 1 ? 'backwards' : 'forwards'
  if (count === 'live' && direction === 'backwards')
    throw badArgument('options: a subscription reads forwards only')
  return {
    stream: options.hasStream() ? Buffer.from(name ?? []).toString('utf8') : undefined,
    from: startOf(options),
    direction,
    count,
    filter,
    ids: options.getUuidOption()?.hasStructured() ? 'halves' : 'text',
    wantsEnd: (options.getControlOption()?.getCompatibility() ?? 0) > 0,
  }
}
