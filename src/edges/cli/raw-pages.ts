import type { RecordedEvent } from '#kernel'
import type { RawLog, RawSpan } from './whole-log.ts'

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
