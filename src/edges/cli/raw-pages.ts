import type { RecordedEvent } from '#kernel'
import type { RawLog, RawSpan } from './whole-log.ts'

/**
 * Reads a range of a log in order, page by page, one page ahead.
 * @param signal aborts the read, which then throws
 * @param pageSize maximum number of events per page, default 1,000
 */
export async function* rawPagesOf(
  log: Pick<RawLog, 'readAll'>,
  { after, last }: RawSpan,
  signal: AbortSignal,
  pageSize = 1_000,
): AsyncGenerator<readonly RecordedEvent[], void> {
  const read = (from: bigint) => {
    const page = log.readAll({ after: from, limit: pageSize })
    // Awaited later, if at all.
    page.catch(() => undefined)
    return page
  }
  let nextPage = last > after ? read(after) : undefined
  while (nextPage) {
    const { events, position, caughtUp } = await nextPage
    signal.throwIfAborted()
    nextPage = caughtUp || position >= last ? undefined : read(position)
    const wanted = events.filter((event) => event.position <= last)
    if (wanted.length > 0) yield wanted
  }
}
