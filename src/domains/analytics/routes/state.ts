import { Type } from 'typebox'
import { categoryOf, Fields, type Catalogue, type RecordedEvent } from '#kernel'
import type { EventLog } from '../../../platform/storage/event-log/port.ts'
import { momentOf } from '../../../platform/storage/event-log/range-search.ts'
import { StreamName } from '../../../serving/path-text.ts'
import { invalid, notFound, Problem } from '../../../serving/problem.ts'
import { analystLog } from '../services/analyst-log.ts'
import { eventToFold, notFoldable } from '../services/masked-fold.ts'
import { foldingOf, type Folding } from '../services/stream-fold.ts'
import { route } from '../../../serving/route.ts'

/** Number of events per read. */
const pageSize = 500

/** Point in a stream's history: a revision or a time; undefined: now. */
type When = { readonly revision: number } | { readonly time: string } | undefined

const whenOf = (at: string | undefined): When => {
  if (at === undefined) return undefined
  if (/^\d{1,9}$/.test(at)) return { revision: Number(at) }
  const time = momentOf(at)
  if (time === undefined)
    throw invalid('at', 'must be a revision, or a moment in ISO 8601, such as 2030-01-31T12:00:00Z')
  return { time }
}

/**
 * Returns the last revision at a point; -1 when there is none. As clocks differ and are set, an event may have a later time
 * than its successor, so the search starts at the end.
 */
const lastRevisionAt = async (
  log: Pick<EventLog, 'read'>,
  streamId: string,
  when: When,
): Promise<number> => {
  if (when === undefined) return Number.MAX_SAFE_INTEGER
  if ('revision' in when) return when.revision
  for (let from: number | undefined; from === undefined || from >= 0;) {
    const events = await log.read(streamId, {
      direction: 'backwards',
      limit: pageSize,
      ...(from !== undefined && { from }),
    })
    const found = events.find(({ at }) => at <= when.time)
    if (found) return found.revision
    from = (events.at(-1)?.revision ?? 0) - 1
  }
  return -1
}

const neverThere = (message: string): Problem =>
  new Problem(404, 'not_found', `at ${message}.`, [{ field: 'at', message }])

/** Folds one masked event. @throws NewerVersion for an event of a newer version @throws Problem 409 `not_foldable` */
const next = (
  catalogue: Catalogue,
  folding: Folding,
  state: unknown,
  event: RecordedEvent,
): unknown => {
  const shown = eventToFold(catalogue, event)
  try {
    return folding.evolve(state, shown)
  } catch (error) {
    throw notFoldable(event, 'request an earlier revision, or read the events', error)
  }
}

/** Route of the earlier states of streams, for analysts. */
export const stateRoutes = [
  route({
    method: 'GET',
    url: '/analytics/streams/:streamId/state',
    access: 'analyst',
    operationId: 'getStreamState',
    summary: 'The state of a stream at a revision or at a time',
    description:
      'The stream is folded by its decider, from events with masked secret and personal fields. A time selects the last event that was recorded by then, with all events before it, whatever their times.',
    params: Fields({
      streamId: StreamName,
    }),
    query: Fields({
      at: Type.Optional(
        Type.String({
          maxLength: 50,
          description: 'A revision, from 0; or a time, ISO 8601. Default: now',
          examples: ['3', '2030-01-31T12:00:00Z'],
        }),
      ),
    }),
    data: Type.Object({
      streamId: Type.String(),
      revision: Type.Integer({ description: 'Revision of the last folded event' }),
      at: Type.String({ format: 'date-time', description: 'Time of the last folded event' }),
      events: Type.Integer({ description: 'Number of folded events' }),
      state: Type.Unknown({ description: 'State of the decider or saga' }),
    }),
    problems: [404, 409],
    handle: async ({ params: { streamId }, query }, ports) => {
      const { catalogue, deciders } = ports
      const log = analystLog(ports)

      const when = whenOf(query.at)
      const lastRevision = await lastRevisionAt(log, streamId, when)
      let folding: Folding | undefined
      let state: unknown
      let last: RecordedEvent | undefined
      let over = false
      for (let from = 0; !over; from += pageSize) {
        const events = await log.read(streamId, { from, limit: pageSize })
        const [first] = events
        if (from === 0) {
          if (!first) throw notFound('stream')
          const category = categoryOf(streamId)
          folding = foldingOf(deciders, category, first)
          if (!folding)
            throw new Problem(
              404,
              'nothing_folds_it',
              `No decider or saga folds streams of the category ${category}; read the events.`,
            )
          state = folding.initialState
        }
        over = events.length < pageSize
        for (const event of events) {
          if (event.revision > lastRevision) {
            over = true
            break
          }
          state = folding && next(catalogue, folding, state, event)
          last = event
        }
      }
      if (!last) throw neverThere('is before the first event of the stream')
      if (when && 'revision' in when && when.revision > last.revision)
        throw neverThere(`is beyond the last revision, which is ${last.revision}`)
      const { revision, at, position } = last
      return { data: { streamId, revision, at, events: revision + 1, state }, position }
    },
  }),
]
