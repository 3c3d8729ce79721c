import type { MaskedEvent } from './answers.ts'
import type { Advance } from './progress.ts'
import { spanOf, type Range } from './replay-range.ts'
import type { ReplaySource, Wanted } from './replay-source.ts'

/** At most so many events are read at once. */
const pageSize = 1_000

/** What a replay reads and whom it tells. */
export type ReplayOptions = {
  readonly source: ReplaySource
  readonly range: Range
  readonly wanted: Wanted
  /** Takes lines, each with its end. */
  readonly write: (lines: string) => Promise<void>
  readonly show: (advance: Advance) => void
  /** Ends it early. */
  readonly signal: AbortSignal
}

const lineOf = (event: MaskedEvent): string => `${JSON.stringify(event)}\n`

/**
 * Writes a part of the log, one event a line (NDJSON), oldest first. The next page is read while one is written.
 * @returns how many events there were
 */
export const replay = async ({
  source,
  range,
  wanted,
  write,
  show,
  signal,
}: ReplayOptions): Promise<number> => {
  const { after, last, holds } = await spanOf(source, range)
  const total = Number(last - after)
  let events = 0
  const read = (from: bigint) => {
    const page = source.page(from, pageSize, wanted)
    // It is awaited later, if at all.
    page.catch(() => undefined)
    return page
  }

  show({ done: 0, total, events })
  let coming = last > after ? read(after) : undefined
  while (coming) {
    const page = await coming
    signal.throwIfAborted()
    coming = page.caughtUp || page.position >= last ? undefined : read(page.position)
    const kept = page.events.filter(({ position, at }) => BigInt(position) <= last && holds(at))
    if (kept.length > 0) await write(kept.map(lineOf).join(''))
    events += kept.length
    const reached = coming ? page.position : last
    show({ done: Number(reached - after), total, events })
  }
  return events
}
