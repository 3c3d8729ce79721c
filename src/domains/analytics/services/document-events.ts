import type { AnyProjection, Catalogue, RecordedEvent } from '#kernel'
import type { EventLog } from '../../../platform/storage/event-log/port.ts'
import { Problem } from '../../../serving/problem.ts'
import { eventToFold } from './masked-fold.ts'

/** Most events of a document, most events that are searched for them, and events of a page. */
export type DocumentBounds = {
  readonly events: number
  readonly searched: number
  readonly page: number
}

/** The bounds of a request: a second of reading, and an answer of a few hundred kB. */
export const documentBounds: DocumentBounds = { events: 1_000, searched: 20_000, page: 2_000 }

const tooMany = (what: string): Problem =>
  new Problem(409, 'too_many_events', `${what}; request an earlier position with \`at\`.`)

/** Whether an event concerns a document; one whose documents the projection cannot name, which is parked, concerns none. */
const isAbout = (projection: AnyProjection, event: RecordedEvent, key: string): boolean => {
  try {
    return projection.keysOf(event).includes(key)
  } catch {
    return false
  }
}

/** Returns the position after which a document begins: that of its own stream, where it cannot exist before it; else 0. */
const startOf = async (
  projection: AnyProjection,
  key: string,
  log: Pick<EventLog, 'read'>,
): Promise<bigint> => {
  for (const { name } of projection.from) {
    const [first] = await log.read(`${name}-${key}`, { limit: 1 })
    if (first && projection.begins(first) && isAbout(projection, first, key))
      return first.position - 1n
  }
  return 0n
}

/**
 * Finds the events that concern a document, with masked secret and personal fields. Keys are those of the masked events, so
 * that guesses about masked values cannot be confirmed.
 * @param to last position
 * @throws Problem 409 `too_many_events` beyond the bounds
 * @throws NewerVersion for an event of a newer version
 */
export const documentEvents = async (
  projection: AnyProjection,
  key: string,
  to: bigint,
  {
    log,
    catalogue,
    bounds = documentBounds,
  }: {
    readonly log: Pick<EventLog, 'read' | 'readAll'>
    readonly catalogue: Pick<Catalogue, 'masked' | 'streamTold' | 'unreadable'>
    readonly bounds?: DocumentBounds
  },
): Promise<readonly RecordedEvent[]> => {
  const found: RecordedEvent[] = []
  let searched = 0
  for (let after = await startOf(projection, key, log); after < to;) {
    const page = await log.readAll({ after, types: projection.reads, limit: bounds.page })
    for (const event of page.events) {
      if (event.position > to) break
      if ((searched += 1) > bounds.searched)
        throw tooMany(`More than ${bounds.searched} events had to be searched`)
      const shown = eventToFold(catalogue, event)
      if (!isAbout(projection, shown, key)) continue
      if (found.push(shown) > bounds.events)
        throw tooMany(`The document has more than ${bounds.events} events`)
    }
    if (page.caughtUp) break
    after = page.position
  }
  return found
}
