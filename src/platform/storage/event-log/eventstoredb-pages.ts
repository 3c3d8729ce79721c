import type { RecordedEvent } from '#kernel'
import type { Calls } from './eventstoredb-calls.ts'
import { isBadPosition, isOutage, thrown } from './eventstoredb-failures.ts'
import { eventOf, isWanted, pageRequest } from './eventstoredb-messages.ts'
import type { Direction, EventLog, Filter, LogRange, Slice } from './port.ts'

/** Reads the whole log. */
export type Pages = {
  /** As the log does. @param signal gives up, with an error */
  readonly readAll: (range?: LogRange, signal?: AbortSignal) => Promise<Slice>
  readonly head: EventLog['head']
}

/** A part of the log to read. */
type Part = Filter & { readonly direction: Direction; readonly signal?: AbortSignal | undefined }

/** A server that looks for what is rare says nothing meanwhile; so many times longer than others may that take. */
const slowness = 6

/** So many events at once, where a position is looked for. */
const stride = 1_000

/**
 * Reads the whole log in EventStoreDB.
 * @param timeout ms without an answer
 * @param saw is told of every position that was met
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

  /** The first event at or behind a position, walked to from the start; undefined when there is none. */
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

  /** A page from a position that somebody else may have made up: EventStoreDB takes only those that events have. */
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
    // With a filter, few events do not tell how far the log was looked through; the head, taken before, does.
    const end = isFiltered ? await head() : undefined
    const events: RecordedEvent[] = []
    let position = after
    for (;;) {
      const asked = limit - events.length
      const isFromStart = position === 0n
      // The event at the position comes along, where there is one.
      const read = isFromStart
        ? await page(undefined, asked, part)
        : await pageFrom(position, asked + 1, part)
      const more = read.filter((event) => event.position > position).slice(0, asked)
      events.push(...more.filter(isWanted(part)))
      position = more.at(-1)?.position ?? position
      if (more.length < asked) {
        const looked = end !== undefined && end > position ? end : position
        return { events, position: looked, caughtUp: true }
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
      const asked = limit - events.length
      const more =
        position !== undefined && position <= 0n ? [] : await pageFrom(position, asked, part)
      events.push(...more.filter(isWanted(part)))
      position = more.at(-1)?.position ?? position
      if (more.length < asked) return { events, position: 0n, caughtUp: true }
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
