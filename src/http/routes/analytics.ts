import { Type, type Static } from 'typebox'
import { Fields, type Catalogue, type RecordedEvent } from '#kernel'
import { notFound } from '../problem.ts'
import type { Serve } from '../route.ts'
import type { RouteContext } from './context.ts'

/** A position, or what stands for one. */
const Position = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$', description }))

const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }))

/** Names, one or several with commas between. */
const Names = Type.Optional(
  Type.String({ pattern: '^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$', maxLength: 1_000 }),
)

/** An event as analysts see it: secrets and persons are masked. */
const LogEvent = Type.Object({
  eventId: Type.String(),
  stream: Type.String(),
  type: Type.String(),
  revision: Type.Integer(),
  position: Type.String(),
  at: Type.String({ format: 'date-time' }),
  data: Type.Unknown(),
  metadata: Type.Unknown(),
})
export type LogEvent = Static<typeof LogEvent>

/** An event as it is told to analysts, with what a catalogue marks masked. */
export const told = (
  { masked }: Catalogue,
  { eventId, stream, type, revision, position, at, data, metadata }: RecordedEvent,
): LogEvent => ({
  eventId,
  stream,
  type,
  revision,
  position: String(position),
  at,
  data: masked(type, data),
  metadata,
})

const named = (text: string | undefined): readonly string[] | undefined => text?.split(',')

const numbered = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : BigInt(text)

/** The event log, for analysts. */
export const analytics = (serve: Serve, { log, catalogue }: RouteContext): void => {
  serve(
    {
      method: 'GET',
      url: '/analytics/streams',
      access: 'analyst',
      operationId: 'listStreams',
      summary: 'The categories of streams, and the streams, oldest first',
      tag: 'analytics',
      query: Fields({
        category: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]+$', maxLength: 100 })),
        limit: Limit,
        cursor: Position('`nextCursor` of the page before'),
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
    },
    async ({ query: { category, limit = 100, cursor } }) => {
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
  )

  serve(
    {
      method: 'GET',
      url: '/analytics/streams/:streamId/events',
      access: 'analyst',
      operationId: 'readStream',
      summary: 'The events of one stream',
      tag: 'analytics',
      params: Fields({
        streamId: Type.String({ pattern: '^[A-Za-z0-9]+-.+$', maxLength: 300 }),
      }),
      query: Fields({
        from: Type.Optional(Type.Integer({ minimum: 0, description: 'The first revision wanted' })),
        count: Limit,
        direction: Type.Optional(Type.Enum(['forwards', 'backwards'], { default: 'forwards' })),
      }),
      data: Type.Object({
        events: Type.Array(LogEvent),
        nextFrom: Type.Optional(Type.Integer({ description: '`from` of the next page' })),
      }),
      problems: [404],
    },
    async ({ params: { streamId }, query: { from, count = 100, direction = 'forwards' } }) => {
      const range = { limit: count, direction, ...(from !== undefined && { from }) }
      const events = await log.read(streamId, range)
      if (events.length === 0 && (await log.read(streamId, { limit: 1 })).length === 0)
        throw notFound('stream')
      const last = events.at(-1)
      const next = last && (direction === 'forwards' ? last.revision + 1 : last.revision - 1)
      const more = events.length === count && next !== undefined && next >= 0
      return {
        data: {
          events: events.map((event) => told(catalogue, event)),
          ...(more && { nextFrom: next }),
        },
      }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/analytics/events',
      access: 'analyst',
      operationId: 'readLog',
      summary: 'The events of the whole log, oldest first, by category and type',
      tag: 'analytics',
      query: Fields({
        category: Names,
        type: Names,
        fromPosition: Position('The first position wanted'),
        cursor: Position('`nextCursor` of the page before'),
        limit: Limit,
      }),
      data: Type.Object({
        events: Type.Array(LogEvent),
        nextCursor: Type.String({ description: 'Ask with it for what comes next' }),
        caughtUp: Type.Boolean({ description: 'Whether that was the end of the log' }),
        head: Type.String({ description: 'The position of the last event there was before' }),
      }),
    },
    async ({ query: { category, type, fromPosition, cursor, limit = 100 } }) => {
      const from = numbered(fromPosition)
      const after = numbered(cursor) ?? (from === undefined || from === 0n ? 0n : from - 1n)
      const categories = named(category)
      const types = named(type)
      const head = await log.head()
      const { events, position, caughtUp } = await log.readAll({
        after,
        limit,
        ...(categories && { categories }),
        ...(types && { types }),
      })
      return {
        data: {
          events: events.map((event) => told(catalogue, event)),
          nextCursor: String(position),
          caughtUp,
          head: String(head),
        },
        position,
      }
    },
  )
}
