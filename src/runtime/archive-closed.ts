import type { AnyDecider } from '#kernel'
import type { Archive, ArchivedCategory, Archives } from '../platform/storage/archives/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'

/** Streams that are looked at together. */
const page = 500

/** Events of a stream that are read at once. */
const eventsPage = 1_000

/** Number of events from which an archive is written: some MB of text. */
const enoughEvents = 5_000

/** Whether a stream is closed by the rule of its decider. A stream with events of a later version is not. */
const isClosed = async (
  log: Pick<EventLog, 'read'>,
  { evolve, initialState, events: declared, closed }: AnyDecider,
  stream: string,
): Promise<boolean> => {
  let state = initialState
  for (let from = 0; ;) {
    const events = await log.read(stream, { from, limit: eventsPage })
    for (const event of events) {
      if (!(event.type in declared)) return false
      state = evolve(state as never, event as never)
    }
    if (events.length < eventsPage) break
    from += events.length
  }
  return closed?.when(state as never) ?? false
}

/**
 * Archives the streams that the rules of their deciders call closed (`closed`), each with all of its events.
 * @param deps.log returns events in their current schemas
 * @param options.categories only these; default: all that have a rule
 * @param options.now ISO 8601
 * @param options.isDryRun whether streams are counted only
 * @param options.written called with each archive that was written
 * @returns one entry for each category with a rule
 * @throws ArchiveDamaged, OutOfSpace, Unavailable; what was archived before stays so
 */
export const archiveClosed = async (
  {
    deciders,
    log,
    archives,
  }: {
    readonly deciders: readonly AnyDecider[]
    readonly log: Pick<EventLog, 'read'>
    readonly archives: Pick<Archives, 'candidates' | 'archive'>
  },
  {
    categories,
    now,
    isDryRun = false,
    written = () => undefined,
    signal,
  }: {
    readonly categories?: readonly string[] | undefined
    readonly now: string
    readonly isDryRun?: boolean
    readonly written?: (archive: Archive) => void
    readonly signal?: AbortSignal
  },
): Promise<readonly ArchivedCategory[]> => {
  const found: ArchivedCategory[] = []
  for (const decider of deciders) {
    const { name: category, closed } = decider
    if (!closed || !(categories?.includes(category) ?? true)) continue
    const before = new Date(Date.parse(now) - closed.afterDays * 24 * 60 * 60_000).toISOString()
    let [streams, events] = [0, 0]
    let collected: string[] = []
    let collectedEvents = 0
    const write = async (): Promise<void> => {
      const archive = collected.length > 0 && !isDryRun && (await archives.archive(collected))
      if (archive) written(archive)
      collected = []
      collectedEvents = 0
    }
    let after = 0n
    for (;;) {
      const candidates = await archives.candidates({ category, after, before, limit: page })
      for (const one of candidates) {
        signal?.throwIfAborted()
        after = one.position
        if (!(await isClosed(log, decider, one.stream))) continue
        streams += 1
        events += one.events
        collected.push(one.stream)
        collectedEvents += one.events
        if (collectedEvents >= enoughEvents) await write()
      }
      if (candidates.length < page) break
    }
    await write()
    found.push({ category, streams, events })
  }
  return found
}
