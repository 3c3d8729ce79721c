import type { MaskedEvent } from './answers.ts'
import type { Span } from './replay-range.ts'
import type { ReplaySource, EventFilter } from './replay-source.ts'

/** Maximum number of events per page. */
export const pageSize = 1_000

/** Matching events of one page, and the position up to which the log has been read. */
export type ReplayedPage = {
  readonly events: readonly MaskedEvent[]
  readonly reached: bigint
}

/**
 * Reads a range of the log, oldest first, one page ahead.
 * @param options.signal aborts the read, which then throws
 */
export async function* pagesOf({
  source,
  span: { after, last, holds },
  wanted,
  signal,
}: {
  readonly source: ReplaySource
  readonly span: Span
  readonly wanted: EventFilter
  readonly signal: AbortSignal
}): AsyncGenerator<ReplayedPage> {
  const read = (from: bigint) => {
    const page = source.page(from, pageSize, wanted)
    // Awaited later, if at all.
    page.catch(() => undefined)
    return page
  }
  let nextPage = last > after ? read(after) : undefined
  while (nextPage) {
    const page = await nextPage
    signal.throwIfAborted()
    nextPage = page.caughtUp || page.position >= last ? undefined : read(page.position)
    yield {
      events: page.events.filter(({ position, at }) => BigInt(position) <= last && holds(at)),
      reached: nextPage ? page.position : last,
    }
  }
}
