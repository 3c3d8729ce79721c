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

/** Transfer of pages of events from one log to another. */
export type PageTransfer<Page> = {
  /** Reads the pages of a range of the source, in order, one page ahead. */
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
   * @param span range of the page in the target
   * @param same called with the lines of equal events, in order
   */
  readonly readBack: (
    page: Page,
    span: RawSpan,
    same: (lines: string) => void,
  ) => Promise<Comparison>
}

/** Log over events in memory, for comparisons. */
const inMemory = (events: readonly RecordedEvent[]): Pick<RawLog, 'readAll'> => ({
  readAll: async ({ after = 0n } = {}) => ({
    events: events.filter(({ position }) => position > after),
    position: events.at(-1)?.position ?? after,
    caughtUp: true,
  }),
})

/** Transfers parsed events between any two logs. */
export const eventTransfer = (
  from: Pick<WholeLog, 'log'>,
  to: WholeLog,
  signal: AbortSignal,
): PageTransfer<readonly RecordedEvent[]> => ({
  pagesOf: (span) => rawPagesOf(from.log, span, signal, to.batchSize),
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

/** Transfers events as text between two logs in PostgreSQL; parses them only for their lines, and where they differ. */
export const textTransfer = (
  from: WholeLogTexts,
  to: WholeLog & { readonly texts: WholeLogTexts },
  signal: AbortSignal,
): PageTransfer<TextPage> => ({
  pagesOf: async function* ({ after, last }) {
    const read = (start: bigint) => {
      const page = from.read({ after: start, last, most: to.batchSize })
      // Awaited later, if at all.
      page.catch(() => undefined)
      return page
    }
    for (let nextPage = read(after); ;) {
      const page = await nextPage
      signal.throwIfAborted()
      if (!page) return
      nextPage = read(page.heads.at(-1)!.position)
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
    const copied = await to.texts.read({ ...span, most: heads.length })
    const events = eventsOfTexts(page)
    if (!copied || !areSameTexts(page, copied)) {
      const transfer = eventTransfer({ log: to.log }, to, signal)
      return transfer.readBack(events, span, same)
    }
    same(events.map(lineOf).join(''))
    return {
      events: heads.length,
      from: heads.at(-1)!.position,
      to: copied.heads.at(-1)!.position,
      difference: undefined,
    }
  },
})
