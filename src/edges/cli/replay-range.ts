import { momentOf } from '../../platform/storage/event-log/range-search.ts'
import { BadUsage } from './failure.ts'
import type { ReplaySource } from './replay-source.ts'

/** An end of a replay: a place in the log, or a moment (ISO 8601 in UTC, with ms). */
export type Bound = { readonly position: bigint } | { readonly at: string }

/** What part of the log is replayed, both ends included. */
export type Range = { readonly from?: Bound | undefined; readonly to?: Bound | undefined }

/** The positions that a range comes down to, and what of them is still to be left out by time. */
export type Span = {
  /** The last position that is not wanted. */
  readonly after: bigint
  readonly last: bigint
  readonly holds: (at: string) => boolean
}

const date = /^\d{4}-\d{2}-\d{2}$/

/**
 * Reads an end of a replay: a position, or a time; one without a zone is in UTC, a date is its first moment.
 * @param option the name of the option it was given by
 * @throws BadUsage when it is neither
 */
export const boundOf = (option: string, text: string): Bound => {
  if (/^\d{1,18}$/.test(text)) return { position: BigInt(text) }
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text)
  const at = momentOf(date.test(text) ? `${text}T00:00Z` : zoned ? text : `${text}Z`)
  if (at === undefined)
    throw new BadUsage(
      `${option} cannot be "${text}"; give a position like 1200, or a time like 2030-01-31T12:00:00Z.`,
    )
  return { at }
}

/**
 * Finds out which positions a range means. What is recorded while a replay runs is not part of it. Times say nothing of
 * positions, as clocks differ and are set: for a range of times, the log is read through.
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
    // Both are written the same way: they compare as texts.
    holds: (at) => at >= since && (until === undefined || at <= until),
  }
}
