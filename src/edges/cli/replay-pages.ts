import type { MaskedEvent } from './answers.ts'
import type { Span } from './replay-range.ts'
import type { ReplaySource, Wanted } from './replay-source.ts'

/** At most so many events are read at once. */
export const pageSize = 1_000

/** The wanted events of one read, and up to where in the log nothing is missing by then. */
export type ReplayedPage = {
  readonly events: readonly MaskedEvent[]
  readonly reached: bigint
}

/**
 * Reads a part of the log, oldest first. The next page is read while one is worked on, never more.
 * @param options.signal ends it early, by throwing
 */
export async function* pagesOf({
  source,
  span: { after, last, holds },
  wanted,
  signal,
}: {
  readonly source: ReplaySource
  readonly span: Span
  readonly wanted: Wanted
  readonly signal: AbortSignal
}): AsyncGenerator<ReplayedPage> {
  const read = (from: bigint) => {
    const page = source.page(from, pageSize, wanted)
    // It is awaited later, if at all.
    page.catch(() => undefined)
    return page
  }
  let coming = last > after ? read(after) : undefined
  while (coming) {
    const page = await coming
    signal.throwIfAborted()
    coming = page.caughtUp || page.position >= last ? undefined : read(page.position)
    yield {
      events: page.events.filter(({ position, at }) => BigInt(position) <= last && holds(at)),
      reached: coming ? page.position : last,
    }
  }
}
