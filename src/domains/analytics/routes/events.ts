import { Type } from 'typebox'
import { Fields } from '#kernel'
import { pageOf } from '../../../platform/storage/event-log/pages.ts'
import { momentOf, spanOf } from '../../../platform/storage/event-log/range-search.ts'
import { LogEvent, maskedEvent } from '../../../platform/storage/event-log/masked-event.ts'
import { Moment } from '../../../serving/moments.ts'
import { invalid } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { analystLog } from '../services/analyst-log.ts'

/** A position, or what stands for one. */
export const Position = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$', description }))

/** At most so many entries of the log. */
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }))

/** Names, one or several with commas between. */
const Names = Type.Optional(
  Type.String({ pattern: '^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$', maxLength: 1_000 }),
)

const named = (text: string | undefined): readonly string[] | undefined => text?.split(',')

/** The position that a text stands for. */
export const numbered = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : BigInt(text)

/** The moment that a text stands for, in UTC with ms. @throws Problem 400 that names the field */
const timed = (field: string, text: string | undefined): string | undefined => {
  const time = text === undefined ? undefined : momentOf(text)
  if (text !== undefined && time === undefined)
    throw invalid(field, 'must be a moment in ISO 8601, such as 2030-01-31T12:00:00Z')
  return time
}

/** The events of the whole log, for analysts. */
export const eventRoutes = [
  route({
    method: 'GET',
    url: '/analytics/events',
    access: 'analyst',
    operationId: 'readLog',
    summary: 'The events of the whole log, by category, type, position and time',
    description:
      'Both ends are included. Ask again with `nextCursor`, and everything else as it was, until `caughtUp`: a page may be empty although there is more. Events are in the order of positions; clocks differ and are set, so that one may be older than the one before it: all of a range of times are found all the same. With the log in EventStoreDB, it is read through for that, ten thousand events a page.',
    query: Fields({
      category: Names,
      type: Names,
      fromPosition: Position('The first position wanted'),
      untilPosition: Position('The last position wanted'),
      fromTime: Type.Optional(Moment),
      untilTime: Type.Optional(Moment),
      direction: Type.Optional(Type.Enum(['forwards', 'backwards'], { default: 'forwards' })),
      cursor: Position('`nextCursor` of the page before'),
      limit: Limit,
    }),
    data: Type.Object({
      events: Type.Array(LogEvent),
      nextCursor: Type.String({ description: 'Ask with it for what comes next' }),
      caughtUp: Type.Boolean({
        description: 'Whether that was the end of the log, or of what was asked for',
      }),
      head: Type.String({ description: 'The position of the last event there was before' }),
    }),
    handle: async ({ query }, ports) => {
      const { log, catalogue } = { ...ports, log: analystLog(ports) }

      const { category, type, cursor, limit = 100, direction } = query
      const fromPosition = numbered(query.fromPosition)
      const untilPosition = numbered(query.untilPosition)
      const fromTime = timed('fromTime', query.fromTime)
      const untilTime = timed('untilTime', query.untilTime)
      if (fromPosition !== undefined && untilPosition !== undefined && fromPosition > untilPosition)
        throw invalid('untilPosition', 'must not be less than fromPosition')
      if (fromTime !== undefined && untilTime !== undefined && fromTime > untilTime)
        throw invalid('untilTime', 'must not be before fromTime')
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
