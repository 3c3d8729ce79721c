import { momentOf } from '../../platform/storage/event-log/range-search.ts'
import { BadUsage } from './failure.ts'
import type { ReplaySource } from './replay-source.ts'

/** Bound of a range: a position, or a time (ISO 8601 in UTC, with ms). */
export type Bound = { readonly position: bigint } | { readonly at: string }

/** Range of the log, both bounds included. */
export type Range = { readonly from?: Bound | undefined; readonly to?: Bound | undefined }

/** Positions of a range, and a test by time for the events between them. */
export type Span = {
  /** Position before the range (exclusive). */
  readonly after: bigint
  /** Last position of the range (inclusive). */
  readonly last: bigint
  /** Whether an event of this time is in the range. */
  readonly holds: (at: string) => boolean
}

const date = /^\d{4}-\d{2}-\d{2}$/

/**
 * Parses a bound: a position, or a time. A time without a zone is in UTC; a date means its first moment.
 * @param option name of the option, for the error
 * @throws BadUsage when the text is neither
 */
export const boundOf = (option: string, text: string): Bound => {
  if (/^\d{1,18}$/.test(text)) return { position: BigInt(text) }
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text)
  const at = momentOf(date.test(text) ? `${text}T00:00Z` : zoned ? text : `${text}Z`)
  if (at === undefined)
    throw new BadUsage(
      `${option} cannot be "${text}"; use a position like 1200, or a time like 2030-01-31T12:00:00Z.`,
    )
  return { at }
}

/**
 * Resolves a range to positions. Events that are appended during a replay are not part of it. Times do not determine
 * positions, as clocks differ and are adjusted: for a range of times, the whole log is read.
 * @param source the log
 */
export const spanOf = async (source: ReplaySource, { from, to }: Range): Promise<Span> => {
  const head = await source.head()
  const after = from && 'position' in from ? from.position - 1n : 0n
  const last = to && 'position' in to ? to.position : head
  const since = from && 'at' in from ? from.at : ''
  const until = to && 'at' in to ? to.at : undefined
  return {
    after: after < 0n ? 0n : after,
    last: last < head ? last : head,
    // Both have the same format, so they compare as text.
    holds: (at) => at >= since && (until === undefined || at <= until),
  }
}
