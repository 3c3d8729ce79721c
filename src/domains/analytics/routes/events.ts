import { Type } from 'typebox'
import { Fields } from '#kernel'
import { pageOf } from '../../../platform/storage/event-log/pages.ts'
import { momentOf, spanOf } from '../../../platform/storage/event-log/range-search.ts'
import { LogEvent, maskedEvent } from '../../../platform/storage/event-log/masked-event.ts'
import { Moment } from '../../../serving/moments.ts'
import { invalid } from '../../../serving/problem.ts'
import { renamedFrom } from '../../../serving/renamed.ts'
import { route } from '../../../serving/route.ts'
import { analystLog } from '../services/analyst-log.ts'

/** A position or a cursor in a query. */
export const Position = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$', description }))

/** Greatest number of entries in a page. */
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }))

/** One or several names, separated by commas. */
const Names = Type.Optional(
  Type.String({ pattern: '^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$', maxLength: 1_000 }),
)

const named = (text: string | undefined): readonly string[] | undefined => text?.split(',')

/** Converts a text to a position. */
export const numbered = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : BigInt(text)

/** Converts a text to a time in UTC with ms. @throws Problem 400 that names the field */
const timed = (field: string, text: string | undefined): string | undefined => {
  const time = text === undefined ? undefined : momentOf(text)
  if (text !== undefined && time === undefined)
    throw invalid(field, 'must be a moment in ISO 8601, such as 2030-01-31T12:00:00Z')
  return time
}

/** Routes of the events of the whole log, for analysts. */
export const eventRoutes = [
  route({
    method: 'GET',
    url: '/analytics/events',
    access: 'analyst',
    operationId: 'readLog',
    summary: 'The events of the whole log, by category, type, position and time',
    description:
      'Both ends are included. Repeat the request with `nextCursor` until `caughtUp`: a page may be empty although more follow. Events are ordered by position; as clocks differ and are set, an event may be older than its predecessor: all events of a range of times are found nevertheless. EventStoreDB has no index of times, so the log is scanned, ten thousand events for each page.',
    query: Fields({
      category: Names,
      type: Names,
      fromPosition: Position('The first position'),
      toPosition: renamedFrom('untilPosition', Position('The last position')),
      fromTime: Type.Optional(Moment),
      toTime: renamedFrom('untilTime', Type.Optional(Moment)),
      direction: Type.Optional(Type.Enum(['forwards', 'backwards'], { default: 'forwards' })),
      cursor: Position('`nextCursor` of the previous page'),
      limit: Limit,
    }),
    data: Type.Object({
      events: Type.Array(LogEvent),
      nextCursor: Type.String({ description: 'Cursor of the next page' }),
      caughtUp: Type.Boolean({
        description: 'Whether the end of the log or of the range was reached',
      }),
      head: Type.String({ description: 'The head of the log before the read' }),
    }),
    handle: async ({ query }, ports) => {
      const { log, catalogue } = { ...ports, log: analystLog(ports) }

      const { category, type, cursor, limit = 100, direction } = query
      const fromPosition = numbered(query.fromPosition)
      const untilPosition = numbered(query.toPosition)
      const fromTime = timed('fromTime', query.fromTime)
      const untilTime = timed('toTime', query.toTime)
      if (fromPosition !== undefined && untilPosition !== undefined && fromPosition > untilPosition)
        throw invalid('toPosition', 'must not be less than fromPosition')
      if (fromTime !== undefined && untilTime !== undefined && fromTime > untilTime)
        throw invalid('toTime', 'must not be before fromTime')
      const categories = named(category)
      const types = named(type)
      const head = await log.head()
      const span = await spanOf(log, {
        ...(fromPosition !== undefined && { fromPosition }),
        ...(untilPosition !== undefined && { untilPosition }),
        ...(fromTime !== undefined && { fromTime }),
        ...(untilTime !== undefined && { untilTime }),
      })
      const page = await pageOf(log, span, {
        cursor: numbered(cursor),
        limit,
        direction,
        filter: { ...(categories && { categories }), ...(types && { types }) },
      })
      return {
        data: {
          events: page.events.map((event) => maskedEvent(catalogue, event)),
          nextCursor: String(page.cursor),
          caughtUp: page.done,
          head: String(head),
        },
        position: direction === 'backwards' ? head : page.cursor,
      }
    },
  }),
]
