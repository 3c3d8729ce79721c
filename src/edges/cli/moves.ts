import type { RecordedEvent } from '#kernel'
import {
  areSameTexts,
  eventsOfTexts,
  type TextPage,
} from '../../platform/storage/event-log/text-page.ts'
import { compareLogs, lineOf, type Comparison } from './compare-logs.ts'
import { rawPagesOf } from './raw-pages.ts'
import { type RawSpan } from './whole-log.ts'
import type { RawLog, WholeLog, WholeLogTexts } from './whole-log.ts'

/** How pages of events get from one log to another. */
export type Moves<Page> = {
  /** The pages of a part of the source, in order. The next page is read while one is worked on. */
  readonly pagesOf: (span: RawSpan) => AsyncIterable<Page>
  readonly extentOf: (page: Page) => {
    readonly events: number
    readonly first: bigint
    readonly last: bigint
  }
  /** Records a page at the end of the target, as `RecordInOrder`. */
  readonly record: (page: Page, after: bigint) => Promise<bigint | undefined>
  /**
   * Reads a page back from the target and compares it.
   * @param span where it is there
   * @param same called with the lines of events that are the same, in order
   */
  readonly readBack: (
    page: Page,
    span: RawSpan,
    same: (lines: string) => void,
  ) => Promise<Comparison>
}

/** Events in memory, to be compared as a log's are. */
const inMemory = (events: readonly RecordedEvent[]): Pick<RawLog, 'readAll'> => ({
  readAll: async ({ after = 0n } = {}) => ({
    events: events.filter(({ position }) => position > after),
    position: events.at(-1)?.position ?? after,
    caughtUp: true,
  }),
})

/** Moves events, parsed, between any logs. */
export const eventMoves = (
  from: Pick<WholeLog, 'log'>,
  to: WholeLog,
  signal: AbortSignal,
): Moves<readonly RecordedEvent[]> => ({
  pagesOf: (span) => rawPagesOf(from.log, span, signal, to.atOnce),
  extentOf: (page) => ({
    events: page.length,
    first: page[0]!.position,
    last: page.at(-1)!.position,
  }),
  record: to.recordInOrder,
  readBack: (page, span, same) =>
    compareLogs({
      from: { log: inMemory(page), after: page[0]!.position - 1n, last: page.at(-1)!.position },
      to: { log: to.log, ...span },
      same,
      signal,
    }),
})

/** Moves events as text between two logs in PostgreSQL. Parsed only for their lines, and where they are not the same. */
export const textMoves = (
  from: WholeLogTexts,
  to: WholeLog & { readonly texts: WholeLogTexts },
  signal: AbortSignal,
): Moves<TextPage> => ({
  pagesOf: async function* ({ after, last }) {
    const read = (start: bigint) => {
      const page = from.read({ after: start, last, most: to.atOnce })
      // It is awaited later, if at all.
      page.catch(() => undefined)
      return page
    }
    for (let coming = read(after); ;) {
      const page = await coming
      signal.throwIfAborted()
      if (!page) return
      coming = read(page.heads.at(-1)!.position)
      yield page
    }
  },
  extentOf: ({ heads }) => ({
    events: heads.length,
    first: heads[0]!.position,
    last: heads.at(-1)!.position,
  }),
  record: to.texts.record,
  readBack: async (page, span, same) => {
    const { heads } = page
    const there = await to.texts.read({ ...span, most: heads.length })
    const events = eventsOfTexts(page)
    if (!there || !areSameTexts(page, there)) {
      const moves = eventMoves({ log: to.log }, to, signal)
      return moves.readBack(events, span, same)
    }
    same(events.map(lineOf).join(''))
    return {
      events: heads.length,
      from: heads.at(-1)!.position,
      to: there.heads.at(-1)!.position,
      difference: undefined,
    }
  },
})
