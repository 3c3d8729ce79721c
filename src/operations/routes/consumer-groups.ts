import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import type { GroupSummary } from '../../platform/messaging/consumer-groups/port.ts'
import type { GroupFigures, Report } from '../../platform/observability/reports/port.ts'
import { ListOf, PageQuery, pageOf } from '../../serving/lists.ts'
import { notFound } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

const Count = Type.Integer({ minimum: 0 })

const Measured = Type.Object(
  {
    at: Type.String({ format: 'date-time' }),
    lag: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Events of its stream, or positions of the log, after the checkpoint',
      }),
    ),
    consumers: Count,
    inFlight: Type.Integer({ minimum: 0, description: 'Messages that are not acknowledged' }),
    waiting: Type.Integer({ minimum: 0, description: 'Messages that wait for room at a consumer' }),
    toRetry: Type.Integer({ minimum: 0, description: 'Those of them that are retried' }),
    delivered: Type.Integer({
      minimum: 0,
      description: 'Since the process leads, as the next two',
    }),
    done: Count,
    retried: Count,
  },
  {
    description:
      'What the process that leads the groups measured last; missing where none has within 40 s',
  },
)

const ConsumerGroup = Type.Object({
  source: Type.String({ description: 'The stream, or $all' }),
  name: Type.String(),
  strategy: Type.String(),
  view: Type.Enum(['full', 'masked'], { description: 'Whether the group reads unmasked events' }),
  state: Type.Enum(['live', 'behind', 'idle', 'unknown'], {
    description: 'idle: it has no consumer; unknown: no process that leads has reported',
  }),
  checkpoint: Type.String({
    description:
      'Position or revision up to which everything is done, as saved; -1: before the first event',
  }),
  parked: Count,
  replaying: Type.Integer({
    minimum: 0,
    description: 'Parked messages that are delivered again, and are not done',
  }),
  measured: Type.Optional(Measured),
})

/** Age of the oldest reports that count, in ms: a process reports every 15 s. */
const reportAge = 40_000

const keyOf = ({ source, name }: Pick<GroupSummary, 'source' | 'name'>): string =>
  JSON.stringify([source, name])

/** The last measurements of each group: those of a process that led before are older. */
const measuredIn = (reports: readonly Report[]) => {
  const all = reports
    .flatMap(({ groups }) => groups ?? [])
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
  const [last] = all
  return {
    at: last?.at ?? '',
    byKey: new Map(last?.figures.map((figures) => [keyOf(figures), figures])),
  }
}

const stateOf = (figures: GroupFigures | undefined): Static<typeof ConsumerGroup>['state'] => {
  if (!figures) return 'unknown'
  if (figures.consumers === 0) return 'idle'
  return figures.lag === 0 || figures.waiting === 0 ? 'live' : 'behind'
}

/** What is measured alone: the rest is stored. */
const measuredOf = (figures: GroupFigures) => {
  const { source: _, name: __, parked: ___, ...measured } = figures
  return measured
}

/** Routes for operators: the groups of consumers of the EventStoreDB endpoint. */
export const consumerGroupRoutes = [
  route({
    method: 'GET',
    url: '/admin/consumer-groups',
    access: 'admin',
    operationId: 'listConsumerGroups',
    summary: 'The persistent subscriptions of the EventStoreDB endpoint',
    description:
      'Checkpoints and parked messages are those that are stored; the process that leads the groups measures the rest every 15 s.',
    query: PageQuery({}),
    data: ListOf('groups', ConsumerGroup),
    handle: async ({ query }, { operations, reports }) => {
      const [found, recent] = await Promise.all([
        operations.consumerGroups(),
        reports.recent(reportAge),
      ])
      const { entries, info } = pageOf(query, found)
      const { at, byKey } = measuredIn(recent)
      const groups = entries.map((group): Static<typeof ConsumerGroup> => {
        const figures = byKey.get(keyOf(group))
        return {
          ...group,
          checkpoint: String(group.checkpoint),
          state: stateOf(figures),
          ...(figures && { measured: { at, ...measuredOf(figures) } }),
        }
      })
      return { data: { groups, ...info } }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/consumer-groups/replay',
    access: 'admin',
    operationId: 'replayConsumerGroup',
    summary: 'Deliver the parked messages of a group to its consumers again',
    description:
      'The process that leads the groups hears of it at once; a group without consumers delivers them to the next one.',
    body: Fields({
      source: Type.String({ minLength: 1, maxLength: 500, description: 'As the list shows it' }),
      name: Type.String({ minLength: 1, maxLength: 500 }),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Default: all' }),
      ),
    }),
    example: { source: '$all', name: 'mail' },
    data: Type.Object({
      messages: Type.Integer({ minimum: 0, description: 'Number of messages that are replayed' }),
    }),
    status: 202,
    problems: [404],
    handle: async ({ body: { limit, ...key } }, { operations }) => {
      const messages = await operations.replayParked(key, limit)
      if (messages === undefined) throw notFound('consumer group')
      return { data: { messages } }
    },
  }),
]
