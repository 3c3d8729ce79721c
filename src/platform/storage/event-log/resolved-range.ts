import type { EventLog } from './port.ts'
import { momentOf, placeOf, type Ends } from './range-search.ts'

/** A requested range of the log; both ends are included. */
export type RequestedRange = {
  /** First position. */
  readonly fromPosition?: string
  /** Least time of the events, ISO 8601. */
  readonly fromTime?: string
  /** Last position or moment. Default: the present head of the log. */
  readonly until?: string
}

/** A range of the log with fixed ends, which has the same events whenever it is read. */
export type ResolvedRange = {
  readonly fromPosition: string
  readonly untilPosition: string
  readonly fromTime?: string
  readonly untilTime?: string
}

/** An invalid end of a range; the message continues the name of the field. */
export class BadEnd extends Error {
  override name = 'BadEnd'
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

const moment = 'a moment in ISO 8601, such as 2030-01-31T12:00:00Z'

/**
 * Resolves a requested range. Events that are recorded later are not in it.
 * @throws BadEnd when an end is neither a position nor a moment, or the last end is before the first
 * @throws Unavailable when the log cannot be reached
 */
export const resolvedRange = async (
  log: Pick<EventLog, 'head'>,
  { fromPosition = '0', fromTime, until }: RequestedRange,
): Promise<ResolvedRange> => {
  const from = fromTime === undefined ? undefined : momentOf(fromTime)
  if (fromTime !== undefined && from === undefined)
    throw new BadEnd('fromTime', `must be ${moment}`)
  const last = until === undefined ? undefined : placeOf(until)
  if (until !== undefined && !last) throw new BadEnd('until', `must be a position, or ${moment}`)
  const head = await log.head()
  const position = last && 'position' in last && last.position < head ? last.position : head
  const time = last && 'time' in last ? last.time : undefined
  if (last && 'position' in last && last.position < BigInt(fromPosition))
    throw new BadEnd('until', 'must not be less than fromPosition')
  if (from !== undefined && time !== undefined && time < from)
    throw new BadEnd('until', 'must not be before fromTime')
  return {
    fromPosition: String(BigInt(fromPosition)),
    untilPosition: String(position),
    ...(from !== undefined && { fromTime: from }),
    ...(time !== undefined && { untilTime: time }),
  }
}

/** The ends of a resolved range. */
export const endsOf = ({
  fromPosition,
  untilPosition,
  fromTime,
  untilTime,
}: ResolvedRange): Ends => ({
  untilPosition: BigInt(untilPosition),
  ...(BigInt(fromPosition) > 0n && { fromPosition: BigInt(fromPosition) }),
  ...(fromTime !== undefined && { fromTime }),
  ...(untilTime !== undefined && { untilTime }),
})
