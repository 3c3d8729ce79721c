import { categoryOf, type RecordedEvent } from '#kernel'
import type { ReplayFilter } from '../language.ts'
import { endsOf, type ResolvedRange } from '../../../platform/storage/event-log/resolved-range.ts'
import { pageOf } from '../../../platform/storage/event-log/pages.ts'
import { isWithin, spanOf } from '../../../platform/storage/event-log/range-search.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** Number of events per read. */
const pageSize = 500

/** Range and filter of a replay. */
export type Playable = ResolvedRange & { readonly filter: ReplayFilter }

/** Events in the order of the log, and the position up to which it was read. */
export type PlayedPage = { readonly events: readonly RecordedEvent[]; readonly position: bigint }

type Log = ChannelPorts['log']

/** Yields the pages of one stream. */
async function* ofStream(
  log: Log,
  stream: string,
  { filter: { categories, types }, ...part }: Playable,
): AsyncGenerator<PlayedPage, void, void> {
  const ends = endsOf(part)
  const holds = isWithin(ends)
  if (categories && !categories.includes(categoryOf(stream))) return
  for (let from = 0; ; from += pageSize) {
    const events = await log.read(stream, { from, limit: pageSize })
    const last = events.at(-1)
    if (!last) return
    yield {
      events: events.filter((event) => holds(event) && (!types || types.includes(event.type))),
      position: last.position,
    }
    if (events.length < pageSize || last.position >= (ends.untilPosition ?? 0n)) return
  }
}

/** Yields the pages of the whole log. */
async function* ofLog(
  log: Log,
  { filter: { categories, types }, ...part }: Playable,
  after: bigint,
): AsyncGenerator<PlayedPage, void, void> {
  const span = await spanOf(log, endsOf(part))
  const filter = { ...(categories && { categories }), ...(types && { types }) }
  let cursor = after
  for (;;) {
    const page = await pageOf(log, span, { cursor, limit: pageSize, filter })
    yield { events: page.events, position: page.cursor }
    if (page.done) return
    ;({ cursor } = page)
  }
}

/**
 * Yields the events of a replay page by page, so that memory holds one page only.
 * @param after position of an event, or 0n; yields only later events
 * @throws Unavailable when the log is unavailable; pages yielded before stay valid
 */
export async function* playedPages(
  log: Log,
  playable: Playable,
  after: bigint,
): AsyncGenerator<PlayedPage, void, void> {
  const { stream } = playable.filter
  const until = BigInt(playable.untilPosition)
  const pages = stream === undefined ? ofLog(log, playable, after) : ofStream(log, stream, playable)
  for await (const { events, position } of pages)
    yield {
      events: events.filter((event) => event.position > after),
      position: position < until ? position : until,
    }
}
