import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { Direction } from '../../platform/storage/event-log/port.ts'
import { badArgument } from './call-refused.ts'
import { nameFilter, type NameFilter } from './name-filter.ts'

/** Where a reader begins: at an end, or at a revision or position. */
export type Start = bigint | 'start' | 'end'

/** How ids of events are written: as text, or as two halves of 64 bits. */
export type IdFormat = 'text' | 'halves'

/** What a client asks `Streams.Read` for, in our words. */
export type ReadRequest = {
  /** The one stream that is read; undefined where all are. */
  readonly stream: string | undefined
  readonly from: Start
  readonly direction: Direction
  /** So many events at the most, or `live`: all, and what comes. */
  readonly count: number | 'live'
  readonly filter: NameFilter | undefined
  readonly ids: IdFormat
  /** Whether the client wants to be told where the stream or the log ends. */
  readonly wantsEnd: boolean
}

type Options = ReadReq.Options

/** So many events does EventStoreDB look through between checkpoints, times the multiplier, where nothing is said. */
const defaultWindow = 32

const filterOf = (options: Options): NameFilter | undefined => {
  const filter = options.getFilter()
  if (!filter) return undefined
  const of = filter.hasStreamIdentifier() ? 'stream' : 'type'
  const expression = filter.getStreamIdentifier() ?? filter.getEventType()
  if (!expression) throw badArgument('filter: names neither streams nor event types')
  const window = filter.hasMax() ? filter.getMax() : defaultWindow
  return nameFilter(
    { of, prefixes: expression.getPrefixList(), regex: expression.getRegex() },
    Math.max(1, window) * Math.max(1, filter.getCheckpointintervalmultiplier()),
  )
}

/** The greatest number on the wire means the end. */
const end = 2n ** 64n - 1n

const startAt = (number: string): Start => {
  const at = BigInt(number)
  return at >= end ? 'end' : at
}

const startOf = (options: Options): Start => {
  const place = options.getStream() ?? options.getAll()
  if (!place) throw badArgument('options: names neither a stream nor all')
  if (place.hasStart()) return 'start'
  if (place.hasEnd()) return 'end'
  const revision = options.getStream()
  if (revision?.hasRevision()) return startAt(revision.getRevision())
  const position = options.getAll()?.getPosition()
  if (position) return startAt(position.getCommitPosition())
  throw badArgument('options: say where to start: start, end, a revision or a position')
}

const countOf = (options: Options): number | 'live' => {
  if (options.hasSubscription()) return 'live'
  if (!options.hasCount()) throw badArgument('options: give a count or ask for a subscription')
  return Number(options.getCount())
}

/**
 * Reads what a client asks for.
 * @throws CallRefused when it asks for nothing that makes sense
 */
export const readRequestOf = (request: ReadReq): ReadRequest => {
  const options = request.getOptions()
  if (!options) throw badArgument('options: is missing')
  const name = options.getStream()?.getStreamIdentifier()?.getStreamName_asU8()
  const filter = filterOf(options)
  if (filter && options.hasStream()) throw badArgument('filter: is for reading all streams only')
  const count = countOf(options)
  const direction = options.getReadDirection() === 1 ? 'backwards' : 'forwards'
  if (count === 'live' && direction === 'backwards')
    throw badArgument('options: a subscription goes forwards only')
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
