import { Type, type Static } from 'typebox'
import { Fields, stores } from '#kernel'
import type { DeadLetter, ProjectionStatus, SagaSummary } from '../../runtime/operations.ts'
import { ListOf, PageQuery, pageOf } from '../../serving/lists.ts'
import { PathText } from '../../serving/path-text.ts'
import { notFound } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

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
  parked: Type.Integer({ description: 'Number of parked documents' }),
  rebuild: Type.Optional(
    Type.Object({
      progress: Type.Integer({ description: 'Number of events folded' }),
      total: Type.Integer(),
      etaSeconds: Type.Optional(Type.Number()),
    }),
  ),
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
})

const Saga = Type.Object({
  saga: Type.String(),
  id: Type.String(),
  state: Type.Enum(['running', 'ended', 'parked']),
  startedAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  steps: Type.Integer(),
})

const Letter = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['projection', 'saga', 'job']),
  name: Type.String(),
  key: Type.String(),
  position: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  error: Type.String(),
  attempts: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
})

const projectionOf = ({
  position,
  head,
  rebuild,
  comparison,
  remainsIn,
  ...status
}: ProjectionStatus): Static<typeof Projection> => ({
  ...status,
  position: String(position),
  head: String(head),
  ...(remainsIn && { remainsIn: [...remainsIn] }),
  ...(rebuild && { rebuild: { ...rebuild } }),
  ...(comparison && { comparison: { ...comparison } }),
})

const sagaOf = (summary: SagaSummary): Static<typeof Saga> => ({ ...summary })

const letterOf = ({ position, ...letter }: DeadLetter): Static<typeof Letter> => ({
  ...letter,
  ...(position !== undefined && { position: String(position) }),
})

/** Schema of a read model's name. */
const Name = Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 63 })

/** Schema of the key of a run or a dead letter. */
const Key = PathText(300)

/** Commands to the projector of a read model. */
const verbs = [
  ['rebuild', 'Rebuild a read model as a new generation beside the live one, then switch'],
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
    params: Fields({ name: Name }),
    data: Type.Object({ name: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ params: { name } }, { operations }) => {
      if (!(await operations[verb](name))) throw notFound('read model')
      return { data: { name, accepted: true as const } }
    },
  }),
)

/** Routes for operators: read models, sagas, dead letters. */
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
    handle: async ({ query }, { operations }) => {
      const { entries, info } = pageOf(query, await operations.projections())
      return { data: { projections: entries.map(projectionOf), ...info } }
    },
  }),

  ...steering,

  route({
    method: 'GET',
    url: '/admin/sagas',
    access: 'admin',
    operationId: 'listSagas',
    summary: 'Runs of sagas, latest change first',
    query: PageQuery({ state: Type.Optional(Type.Enum(['running', 'ended', 'parked'])) }),
    data: ListOf('sagas', Saga),
    handle: async ({ query }, { operations }) => {
      const { page = 1, limit = 20, state } = query
      const range = { limit, offset: (page - 1) * limit, ...(state && { state }) }
      const { runs, total } = await operations.sagas(range)
      return { data: { sagas: runs.map(sagaOf), total, page, limit } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/sagas/:id',
    access: 'admin',
    operationId: 'getSaga',
    summary: 'The runs of sagas with one id',
    params: Fields({ id: Key }),
    data: Type.Object({ sagas: Type.Array(Saga) }),
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      const runs = await operations.saga(id)
      if (runs.length === 0) throw notFound('saga')
      return { data: { sagas: runs.map(sagaOf) } }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/sagas/:id/retry',
    access: 'admin',
    operationId: 'retrySaga',
    summary: 'Retry a parked saga',
    params: Fields({ id: Key }),
    data: Type.Object({ id: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      if (!(await operations.retrySaga(id))) throw notFound('parked saga')
      return { data: { id, accepted: true as const } }
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
]
