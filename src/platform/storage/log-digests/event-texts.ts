import { canonicalJson } from '#kernel/canonical-json'
import type { Database } from '../../engines/postgres/database.ts'
import type { ArchiveReader } from '../archives/port.ts'
import type { EventLog } from '../event-log/port.ts'
import { readTexts } from '../event-log/postgres-texts.ts'
import type { EventTexts } from './port.ts'

/** The events of the log in PostgreSQL, with the texts that it stores. */
export const textsInPostgres = (
  database: Pick<Database, 'query'>,
  log: Pick<EventLog, 'head'>,
  archives: ArchiveReader,
): EventTexts => ({
  log: 'postgres',
  head: log.head,
  page: (range) => readTexts(database, range, archives),
  dense: true,
})

/**
 * The events of a log in EventStoreDB: their JSON is read and written again in canonical form, since it may have white space.
 * @param log the adapter, which neither decrypts nor upcasts
 */
export const textsInEventStore = (log: Pick<EventLog, 'head' | 'readAll'>): EventTexts => ({
  log: 'eventstoredb',
  head: log.head,
  page: async ({ after, last, most }) => {
    let slice = await log.readAll({ after, limit: most })
    while (slice.events.length === 0 && !slice.caughtUp && slice.position < last)
      slice = await log.readAll({ after: slice.position, limit: most })
    const events = slice.events.filter(({ position }) => position <= last)
    if (events.length === 0) return undefined
    return {
      heads: events.map(({ position, stream, revision, eventId, type, at }) => ({
        position,
        stream,
        revision,
        eventId,
        type,
        at,
      })),
      data: events.map(({ data }) => canonicalJson(data)).join('\n'),
      metadata: events.map(({ metadata }) => canonicalJson(metadata)).join('\n'),
      original: events.map(({ original }) => (original ? canonicalJson(original) : '')).join('\n'),
    }
  },
  dense: false,
})
