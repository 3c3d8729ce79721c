import type { EventLog } from './port.ts'
import { momentOf, placeOf, type Ends } from './range-search.ts'

/** What people say about the ends of a part of the log; both are included. */
export type AskedRange = {
  /** The first position wanted. */
  readonly fromPosition?: string
  /** Only what was recorded then or later, ISO 8601. */
  readonly fromTime?: string
  /** A position or a moment: the last one wanted. Default: the end of the log by now. */
  readonly until?: string
}

/** A part of the log that means the same events whenever it is read. */
export type ResolvedRange = {
  readonly fromPosition: string
  readonly untilPosition: string
  readonly fromTime?: string
  readonly untilTime?: string
}

/** An end that cannot be meant; the message goes on where the field's name ended. */
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
 * Says exactly what part of the log is meant. What is recorded from now on is not in it.
 * @throws BadEnd when an end is neither a position nor a moment, or comes before the other
 * @throws Unavailable when the log is away
 */
export const resolvedRange = async (
  log: Pick<EventLog, 'head'>,
  { fromPosition = '0', fromTime, until }: AskedRange,
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

/** The ends of a fixed part. */
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
