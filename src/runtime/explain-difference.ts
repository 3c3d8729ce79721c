import type { AnyProjection, RecordedEvent } from '#kernel'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { EventPlace } from '../platform/storage/documents/port.ts'
import { asStored, isSameStored } from './audit-differences.ts'
import { valueAt } from './field-differences.ts'
import { keysOf } from './fold.ts'
import type { ToExplain } from './rebuild-report.ts'

/** The log, as far as documents are folded from it. */
export type History = Pick<EventLog, 'read' | 'readAll'>

/** Most events of a stream of the document, pages of the log that are searched for others, and events of a page. */
const bounds = { stream: 500, pages: 4, page: 500 }

/** The document that events yield; undefined where a rule throws, as for one that cannot be explained. */
const folded = (
  projection: AnyProjection,
  events: readonly RecordedEvent[],
  key: string,
): unknown => {
  let document: unknown
  try {
    for (const event of events) document = projection.evolve(document as never, event, key)
  } catch {
    return undefined
  }
  return asStored(document)
}

/**
 * The events of a document up to a position, where they are cheap to find: in the streams with its key, or soon after they
 * begin. They yield the document by today's rules.
 * @returns undefined where they are not, or where they yield another document
 */
const eventsOf = async (
  projection: AnyProjection,
  key: string,
  document: unknown,
  to: bigint,
  log: History,
): Promise<readonly RecordedEvent[] | undefined> => {
  const reads = new Set(projection.reads)
  const isAbout = (event: RecordedEvent): boolean =>
    event.position <= to && reads.has(event.type) && keysOf(projection, event).includes(key)
  const own: RecordedEvent[] = []
  for (const { name } of projection.from)
    own.push(...(await log.read(`${name}-${key}`, { limit: bounds.stream })))
  const inStreams = own.filter(isAbout).toSorted((a, b) => Number(a.position - b.position))
  const [first] = inStreams
  if (!first) return undefined
  if (isSameStored(folded(projection, inStreams, key), document)) return inStreams
  const found: RecordedEvent[] = []
  let after = first.position - 1n
  for (let page = 0; page < bounds.pages; page += 1) {
    const slice = await log.readAll({ after, types: projection.reads, limit: bounds.page })
    found.push(...slice.events.filter(isAbout))
    after = slice.position
    if (slice.caughtUp || after >= to) {
      const isWhole = isSameStored(folded(projection, found, key), document)
      return isWhole ? found : undefined
    }
  }
  return undefined
}

const placeOf = ({ position, type, eventId }: RecordedEvent): EventPlace => ({
  position: String(position),
  type,
  id: eventId,
})

/**
 * Explains samples of differences by the events of today's fold: the one that changed the field last, and the last one that
 * gave it the old value, if any did. A document whose events are not cheap to find is not explained.
 * @param to position that both generations stand at
 */
export const explainDifferences = async (
  projection: AnyProjection,
  samples: readonly ToExplain[],
  to: bigint,
  log: History,
): Promise<void> => {
  const known = new Map<string, readonly RecordedEvent[] | undefined>()
  for (const { key, difference, next, explain } of samples) {
    if (!known.has(key)) known.set(key, await eventsOf(projection, key, next, to, log))
    const { place, old } = difference
    let document: unknown
    let value: unknown
    let changedBy: RecordedEvent | undefined
    let oldBy: RecordedEvent | undefined
    for (const event of known.get(key) ?? []) {
      document = projection.evolve(document as never, event, key)
      const now = valueAt(asStored(document), place)
      if (isSameStored(now, value)) continue
      value = now
      changedBy = event
      if (isSameStored(now, old)) oldBy = event
    }
    explain({
      ...(oldBy && { old: placeOf(oldBy) }),
      ...(changedBy && { new: placeOf(changedBy) }),
    })
  }
}
