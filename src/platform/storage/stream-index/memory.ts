import { categoryOf } from '#kernel'
import type { StreamSummary } from '../event-log/port.ts'
import { streamsPerPage, type StreamIndex } from './port.ts'

/** Index of streams in the memory of one process. */
export const memoryStreamIndex = (): StreamIndex => {
  const streams = new Map<string, StreamSummary>()
  let position = 0n
  return {
    position: async () => position,
    add: async (from, slice) => {
      if (from !== position) return false
      for (const { stream, position: place, at } of slice.events) {
        const known = streams.get(stream) ?? {
          stream,
          category: categoryOf(stream),
          events: 0,
          startedAt: at,
          position: place,
        }
        streams.set(stream, { ...known, events: known.events + 1 })
      }
      ;({ position } = slice)
      return true
    },
    categories: async () =>
      [...Map.groupBy(streams.values(), ({ category }) => category)]
        .map(([category, of]) => ({
          category,
          streams: of.length,
          events: of.reduce((sum, { events }) => sum + events, 0),
        }))
        .toSorted((a, b) => (a.category < b.category ? -1 : 1)),
    streams: async ({ category, after = 0n, limit = streamsPerPage } = {}) =>
      [...streams.values()]
        .filter((stream) => category === undefined || stream.category === category)
        .filter((stream) => stream.position > after)
        .slice(0, limit),
    clear: async () => {
      streams.clear()
      position = 0n
    },
  }
}
