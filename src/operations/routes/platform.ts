import { Type, type Static } from 'typebox'
import { Fields, maskedDocument, stores } from '#kernel'
import type { Tallies } from '../../platform/observability/reports/port.ts'
import { addedTallies } from '../../platform/observability/reports/promise-counts.ts'
import { LogEvent, maskedEvent } from '../../platform/storage/event-log/masked-event.ts'
import type {
  BridgeStatus,
  DeadLetter,
  LetterCircumstances,
  ProjectionStatus,
} from '../../runtime/operations.ts'
import { ListOf, PageQuery, pageOf } from '../../serving/lists.ts'
import { PathText } from '../../serving/path-text.ts'
import { notFound, Problem } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'
import {
  Accepted,
  ModelName,
  Rebuild,
  rebuildOf,
  rebuildRoutes,
  Report,
  reportOf,
} from './rebuilds.ts'

const Tally = Type.Object({ met: Type.Integer(), missed: Type.Integer() })

/** How the promise of a read model was met, by all processes. */
const Kept = Type.Object(
  {
    within: Type.Integer({ description: 'Promised age of what its documents lack, in ms' }),
    events: Type.Optional(Tally),
    reads: Type.Optional(Tally),
  },
  {
    description:
      'Events and reads of the last half hour that met the promise, where there were any',
  },
)

const Projection = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  generation: Type.Integer(),
  store: Type.Enum([...stores], { description: 'The store of the live generation' }),
  declaredStore: Type.Optional(
    Type.Enum([...stores], {
      description: 'The store that the projection declares, when that is not configured',
    }),
  ),
  remainsIn: Type.Optional(
    Type.Array(Type.Enum([...stores]), {
      description:
        'Stores that are not configured any more and have documents of former generations: configure them once more to have those deleted',
    }),
  ),
  status: Type.Enum(['live', 'paused', 'building', 'elsewhere']),
  position: Type.String(),
  head: Type.String(),
  lagEvents: Type.Integer(),
  lagSeconds: Type.Number(),
  promise: Kept,
  parked: Type.Integer({ description: 'Number of parked documents' }),
  rebuild: Type.Optional(Rebuild),
  comparison: Type.Optional(
    Type.Object(
      {
        same: Type.Integer(),
        different: Type.Integer(),
        onlyOld: Type.Integer(),
        onlyNew: Type.Integer(),
      },
      { description: 'Number of documents that differed from those before the last rebuild' },
    ),
  ),
  report: Type.Optional(Report),
})

const Bridge = Type.Object({
  name: Type.String({ description: 'The broker' }),
  position: Type.String({ description: 'Position up to which it has confirmed the events' }),
  head: Type.String(),
  lagEvents: Type.Integer(),
  lagSeconds: Type.Number(),
  parked: Type.Integer({ description: 'Number of parked streams' }),
})

const Letter = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['projection', 'saga', 'job', 'bridge']),
  name: Type.String(),
  key: Type.String(),
  position: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  error: Type.String(),
  attempts: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
})

const LetterInDetail = Type.Object({
  ...Letter.properties,
  event: Type.Optional(LogEvent),
  document: Type.Optional(
    Type.Object(
      { before: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]) },
      {
        description:
          'The document before the event, for letters of documents; null: there was none',
      },
    ),
  ),
})

const projectionOf = (
  { position, head, rebuild, comparison, remainsIn, report, within, ...status }: ProjectionStatus,
  tallies: Tallies,
): Static<typeof Projection> => ({
  ...status,
  promise: { within, ...tallies[status.name] },
  position: String(position),
  head: String(head),
  ...(remainsIn && { remainsIn: [...remainsIn] }),
  ...(rebuild && { rebuild: rebuildOf(rebuild) }),
  ...(comparison && { comparison: { ...comparison } }),
  ...(report && { report: reportOf(report) }),
})

const bridgeOf = ({ position, head, ...status }: BridgeStatus): Static<typeof Bridge> => ({
  ...status,
  position: String(position),
  head: String(head),
})

const letterOf = ({ position, ...letter }: DeadLetter): Static<typeof Letter> => ({
  ...letter,
  ...(position !== undefined && { position: String(position) }),
})

/** Masks a document by its schema, and its words. */
const documentOf = ({
  schema,
  value,
}: NonNullable<LetterCircumstances['document']>): Record<string, unknown> | null => {
  const shown = maskedDocument(schema, value)
  return typeof shown === 'object' && shown !== null ? { ...shown } : null
}

/** Age of the oldest reports that count, in ms: a process reports every 15 s. */
const reportAge = 40_000

/** Schema of the id of a dead letter. */
const Key = PathText(300)

/** Schema of the position of a refused event, which the dead letter shows. */
const Position = Type.String({
  pattern: '^[0-9]{1,18}$',
  description: 'Position of the refused event, as the dead letter shows it',
})

/** Commands to the projector of a read model. */
const verbs = [
  ['pause', 'Pause a read model'],
  ['resume', 'Resume a read model'],
] as const

const steering = verbs.map(([verb, summary]) =>
  route({
    method: 'POST',
    url: `/admin/projections/:name/${verb}`,
    access: 'admin',
    operationId: `${verb}Projection`,
    summary,
    params: Fields({ name: ModelName }),
    data: Accepted,
    status: 202,
    problems: [404],
    handle: async ({ params: { name } }, { operations }) => {
      if (!(await operations[verb](name))) throw notFound('read model')
      return { data: { name, accepted: true as const } }
    },
  }),
)

/** Routes for operators: read models, dead letters. */
export const platformRoutes = [
  route({
    method: 'GET',
    url: '/admin/projections',
    access: 'admin',
    operationId: 'listProjections',
    summary: 'Status of the read models, by default of all',
    query: PageQuery({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 100 })),
    }),
    data: ListOf('projections', Projection),
    handle: async ({ query }, { operations, reports }) => {
      const [found, recent] = await Promise.all([
        operations.projections(),
        reports.recent(reportAge),
      ])
      const { entries, info } = pageOf(query, found)
      const tallies = addedTallies(
        recent.flatMap(({ promises }) => (promises ? [promises.halfHour] : [])),
      )
      return { data: { projections: entries.map((one) => projectionOf(one, tallies)), ...info } }
    },
  }),

  ...rebuildRoutes,
  ...steering,

  route({
    method: 'GET',
    url: '/admin/bridges',
    access: 'admin',
    operationId: 'listBridges',
    summary: 'How far the bridges to brokers are behind the log',
    query: PageQuery({}),
    data: ListOf('bridges', Bridge),
    handle: async ({ query }, { operations }) => {
      const { entries, info } = pageOf(query, await operations.bridges())
      return { data: { bridges: entries.map(bridgeOf), ...info } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/dead-letters',
    access: 'admin',
    operationId: 'listDeadLetters',
    summary: 'List the dead letters',
    query: PageQuery({}),
    data: ListOf('deadLetters', Letter),
    handle: async ({ query }, { operations }) => {
      const { entries, info } = pageOf(query, await operations.deadLetters())
      return { data: { deadLetters: entries.map(letterOf), ...info } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/dead-letters/:id',
    access: 'admin',
    operationId: 'getDeadLetter',
    summary: 'A dead letter with the event that failed, and the document before it',
    description: 'Secret and personal fields are masked.',
    params: Fields({ id: Key }),
    data: LetterInDetail,
    problems: [404],
    handle: async ({ params: { id } }, { operations, catalogue }) => {
      const found = await operations.deadLetter(id)
      if (!found) throw notFound('dead letter')
      const { event, document, ...letter } = found
      return {
        data: {
          ...letterOf(letter),
          ...(event && { event: maskedEvent(catalogue, event) }),
          ...(document && { document: { before: documentOf(document) } }),
        },
      }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/dead-letters/:id/retry',
    access: 'admin',
    operationId: 'retryDeadLetter',
    summary: 'Retry a dead letter',
    params: Fields({ id: Key }),
    data: Type.Object({ id: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      if (!(await operations.retryDeadLetter(id))) throw notFound('dead letter')
      return { data: { id, accepted: true as const } }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/dead-letters/:id/skip',
    access: 'admin',
    operationId: 'skipDeadLetter',
    summary: 'Leave out an event that a broker refuses, and publish what waits behind it',
    description:
      'Of dead letters of bridges alone. Receivers never get the event. If a later one is refused, the dead letter moves on to it.',
    params: Fields({ id: Key }),
    body: Fields({
      position: Position,
    }),
    example: { position: '4711' },
    data: Type.Object({ id: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404, 409],
    handle: async ({ params: { id }, body: { position } }, { operations }) => {
      const skipped = await operations.skipDeadLetter(id, BigInt(position))
      if (!skipped) throw notFound('dead letter of a bridge')
      if (skipped === 'moved')
        throw new Problem(
          409,
          'refused_event_moved',
          'The stream waits at another event by now: look at it before you skip it.',
        )
      return { data: { id, accepted: true as const } }
    },
  }),
]
