import type { RecordedEvent } from '#kernel'
import type { Calls } from './eventstoredb-calls.ts'
import { isBadPosition, isOutage, thrown } from './eventstoredb-failures.ts'
import { eventOf, isWanted, pageRequest } from './eventstoredb-messages.ts'
import type { Direction, EventLog, Filter, LogRange, Slice } from './port.ts'

/** Reads the whole log. */
export type Pages = {
  /** Reads a page. @param signal cancels the read, with an error */
  readonly readAll: (range?: LogRange, signal?: AbortSignal) => Promise<Slice>
  readonly head: EventLog['head']
}

/** A part of the log to read. */
type Part = Filter & { readonly direction: Direction; readonly signal?: AbortSignal | undefined }

/** Factor of the timeout of filtered reads: a server that searches for rare events sends nothing meanwhile. */
const slowness = 6

/** Page size of the search for a position. */
const stride = 1_000

/**
 * Reads the whole log in EventStoreDB.
 * @param timeout longest time without an answer, in ms
 * @param saw called with the position of every event that was read
 */
export const pagesOf = (calls: Calls, timeout: number, saw: (position: bigint) => void): Pages => {
  const page = async (
    from: bigint | undefined,
    limit: number,
    { direction, signal, ...filter }: Part,
  ): Promise<readonly RecordedEvent[]> => {
    const isRare = filter.categories !== undefined || filter.types !== undefined
    const request = pageRequest(from, limit, filter, direction)
    const answers = await calls.read(request, isRare ? timeout * slowness : timeout, signal)
    const events = answers.flatMap((answer) => eventOf(answer) ?? [])
    for (const { position } of events) saw(position)
    return events
  }

  /** The position of the first event at or behind a position, searched from the start; undefined without one. */
  const nextTo = async (position: bigint): Promise<bigint | undefined> => {
    for (let from: bigint | undefined; ;) {
      const events = await page(from, stride, { direction: 'forwards' })
      const found = events.find((event) => event.position >= position)
      if (found) return found.position
      const last = events.at(-1)?.position
      if (last === undefined || last === from) return undefined
      from = last
    }
  }

  /** A page from any position, although EventStoreDB accepts positions of events only. */
  const pageFrom = async (
    from: bigint | undefined,
    limit: number,
    part: Part,
  ): Promise<readonly RecordedEvent[]> => {
    try {
      return await page(from, limit, part)
    } catch (error) {
      if (from === undefined || isOutage(error) || !isBadPosition(error)) throw error
      const near = await nextTo(from)
      if (near === from) throw error
      if (near === undefined && part.direction === 'forwards') return []
      return page(near, limit, part)
    }
  }

  const forwards = async (after: bigint, limit: number, part: Part): Promise<Slice> => {
    const isFiltered = part.categories !== undefined || part.types !== undefined
    // With a filter, the events do not show how far the log was read; the head, read before, does.
    const end = isFiltered ? await head() : undefined
    const events: RecordedEvent[] = []
    let position = after
    for (;;) {
      const count = limit - events.length
      const isFromStart = position === 0n
      // The page includes the event at the position, if there is one.
      const read = isFromStart
        ? await page(undefined, count, part)
        : await pageFrom(position, count + 1, part)
      const more = read.filter((event) => event.position > position).slice(0, count)
      events.push(...more.filter(isWanted(part)))
      position = more.at(-1)?.position ?? position
      if (more.length < count) {
        const readTo = end !== undefined && end > position ? end : position
        return { events, position: readTo, caughtUp: true }
      }
      if (events.length === limit) return { events, position, caughtUp: false }
    }
  }

  const backwards = async (
    before: bigint | undefined,
    limit: number,
    part: Part,
  ): Promise<Slice> => {
    const events: RecordedEvent[] = []
    let position = before
    for (;;) {
      const count = limit - events.length
      const more =
        position !== undefined && position <= 0n ? [] : await pageFrom(position, count, part)
      events.push(...more.filter(isWanted(part)))
      position = more.at(-1)?.position ?? position
      if (more.length < count) return { events, position: 0n, caughtUp: true }
      if (events.length === limit) return { events, position: position ?? 0n, caughtUp: false }
    }
  }

  const head = async (): Promise<bigint> => {
    const { events } = await backwards(undefined, 1, { direction: 'backwards' })
    return events[0]?.position ?? 0n
  }

  return {
    readAll: async ({ after, limit = 1_000, direction = 'forwards', ...filter } = {}, signal) => {
      const part = { ...filter, direction, signal }
      try {
        return direction === 'forwards'
          ? await forwards(after ?? 0n, limit, part)
          : await backwards(after, limit, part)
      } catch (error) {
        throw thrown(error)
      }
    },
    head: async () => {
      try {
        return await head()
      } catch (error) {
        throw thrown(error)
      }
    },
  }
}
