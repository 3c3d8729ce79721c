import { Type } from 'typebox'
import { Fields } from '#kernel'
import { LogEvent, maskedEvent } from '../../../platform/storage/event-log/masked-event.ts'
import { StreamName } from '../../../serving/path-text.ts'
import { notFound } from '../../../serving/problem.ts'
import { Limit, numbered, Position } from './events.ts'
import { renamedFrom } from '../../../serving/renamed.ts'
import { route } from '../../../serving/route.ts'
import { analystLog } from '../services/analyst-log.ts'

/** Routes of the streams of the event log, for analysts. */
export const streamRoutes = [
  route({
    method: 'GET',
    url: '/analytics/streams',
    access: 'analyst',
    operationId: 'listStreams',
    summary: 'The categories of streams, and the streams, oldest first',
    query: Fields({
      category: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]+$', maxLength: 100 })),
      limit: Limit,
      cursor: Position('`nextCursor` of the previous page'),
    }),
    data: Type.Object({
      categories: Type.Array(
        Type.Object({
          category: Type.String(),
          streams: Type.Integer(),
          events: Type.Integer(),
        }),
      ),
      streams: Type.Array(
        Type.Object({
          stream: Type.String(),
          category: Type.String(),
          events: Type.Integer(),
          startedAt: Type.String({ format: 'date-time' }),
          position: Type.String(),
        }),
      ),
      nextCursor: Type.Optional(Type.String()),
    }),
    handle: async ({ query: { category, limit = 100, cursor } }, ports) => {
      const { log } = { ...ports, log: analystLog(ports) }

      const after = numbered(cursor)
      const [categories, streams, position] = await Promise.all([
        log.categories(),
        log.streams({
          limit,
          ...(category !== undefined && { category }),
          ...(after !== undefined && { after }),
        }),
        log.head(),
      ])
      const last = streams.length === limit ? streams.at(-1) : undefined
      return {
        data: {
          categories: categories
            .filter(({ category: name }) => category === undefined || name === category)
            .map((summary) => ({ ...summary })),
          streams: streams.map(({ position, ...stream }) => ({
            ...stream,
            position: String(position),
          })),
          ...(last && { nextCursor: String(last.position) }),
        },
        position,
      }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/streams/:streamId/events',
    access: 'analyst',
    operationId: 'readStream',
    summary: 'The events of one stream',
    params: Fields({
      streamId: StreamName,
    }),
    query: Fields({
      from: Type.Optional(Type.Integer({ minimum: 0, description: 'The first revision' })),
      limit: renamedFrom('count', Limit),
      direction: Type.Optional(Type.Enum(['forwards', 'backwards'], { default: 'forwards' })),
    }),
    data: Type.Object({
      events: Type.Array(LogEvent),
      nextFrom: Type.Optional(Type.Integer({ description: '`from` of the next page' })),
    }),
    problems: [404],
    handle: async (
      { params: { streamId }, query: { from, limit = 100, direction = 'forwards' } },
      ports,
    ) => {
      const { log, catalogue } = { ...ports, log: analystLog(ports) }

      const range = { limit, direction, ...(from !== undefined && { from }) }
      const events = await log.read(streamId, range)
      if (events.length === 0 && (await log.read(streamId, { limit: 1 })).length === 0)
        throw notFound('stream')
      const last = events.at(-1)
      const next = last && (direction === 'forwards' ? last.revision + 1 : last.revision - 1)
      const more = events.length === limit && next !== undefined && next >= 0
      return {
        data: {
          events: events.map((event) => maskedEvent(catalogue, event)),
          ...(more && { nextFrom: next }),
        },
      }
    },
  }),
]
