import type { RecordedEvent } from '#kernel'
import type { RawLog } from './whole-log.ts'

/** A part of a log. */
export type RawSpan = {
  /** The events behind this position; 0n for all. */
  readonly after: bigint
  /** The position of the last one wanted. */
  readonly last: bigint
}

/**
 * The events of a part of a log, in order, page by page. The next page is read while one is worked on.
 * @param signal ends it early
 * @param most so many events a page. Default 1,000
 */
export async function* rawPagesOf(
  log: Pick<RawLog, 'readAll'>,
  { after, last }: RawSpan,
  signal: AbortSignal,
  most = 1_000,
): AsyncGenerator<readonly RecordedEvent[], void> {
  const read = (from: bigint) => {
    const page = log.readAll({ after: from, limit: most })
    // It is awaited later, if at all.
    page.catch(() => undefined)
    return page
  }
  let coming = last > after ? read(after) : undefined
  while (coming) {
    const { events, position, caughtUp } = await coming
    signal.throwIfAborted()
    coming = caughtUp || position >= last ? undefined : read(position)
    const wanted = events.filter((event) => event.position <= last)
    if (wanted.length > 0) yield wanted
  }
}
