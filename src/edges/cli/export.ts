import type { EventFile } from './export-file.ts'
import { eventsHash } from './manifest-hash.ts'
import type { FoundEvents } from './manifest.ts'
import type { Advance } from './progress.ts'
import { pagesOf } from './replay-pages.ts'
import type { Span } from './replay-range.ts'
import type { ReplaySource, EventFilter } from './replay-source.ts'

/** Options of an export. */
export type ExportOptions = {
  readonly source: ReplaySource
  readonly span: Span
  readonly wanted: EventFilter
  readonly file: Pick<EventFile, 'write'>
  /** Reports progress. */
  readonly show: (advance: Advance) => void
  /** Aborts the export, which then throws. */
  readonly signal: AbortSignal
}

/**
 * Writes a range of the log to a file, a page at a time.
 * @returns counts, bounds and hash of the exported events, types in alphabetical order
 */
export const exportEvents = async ({
  file,
  show,
  ...reading
}: ExportOptions): Promise<FoundEvents> => {
  const { after, last } = reading.span
  const total = Number(last - after)
  const hash = eventsHash()
  const types = new Map<string, number>()
  let count = 0
  let ends: { first: string; last: string } | undefined

  show({ done: 0, total, events: count })
  for await (const { events, reached } of pagesOf(reading)) {
    for (const event of events) {
      hash.add(event)
      types.set(event.type, (types.get(event.type) ?? 0) + 1)
      ends = { first: ends?.first ?? event.position, last: event.position }
    }
    if (events.length > 0) await file.write(events)
    count += events.length
    show({ done: Number(reached - after), total, events: count })
  }
  return {
    count,
    types: Object.fromEntries([...types].toSorted(([one], [other]) => (one < other ? -1 : 1))),
    ...ends,
    sha256: hash.digest(),
  }
}
